import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DocumentState } from '../../../../src/editor/documents/documentState';
import type { PlanReply } from '../../../../src/engine/protocol';
import { splitUnits } from '../../../../src/text/units';
import { FakeEngineDocument } from '../support/fakeEngineDocument';

const TEXT = '# Title\n\nOne is here. Two is here.\n\nThree follows. Four ends it.\n';

/** A plan of this text in which unit n carries label n. */
function planOf(text: string): PlanReply {
  const units = splitUnits(text).map(({ start, end, kind }, n) => ({
    start,
    end,
    kind,
    label: n,
    predicted: [{ id: n + 100, probability: 0.5 }],
    surprisal: 1,
  }));
  return { units, next: [[{ id: 7, probability: 0.25 }]] };
}

async function planned(text: string): Promise<{ state: DocumentState; engine: FakeEngineDocument }> {
  const engine = new FakeEngineDocument();
  engine.answer = () => Promise.resolve(planOf(state.text));
  const state = new DocumentState(engine.key, text, engine);
  await state.refreshPlan(1, new AbortController().signal);
  return { state, engine };
}

describe('DocumentState', () => {
  it('takes over a plan of the text as it is', async () => {
    const { state } = await planned(TEXT);
    expect(state.plan.isCurrent).toBe(true);
    expect(state.plan.of(2)?.label).toBe(2);
    expect(state.plan.expected(2)).toEqual([{ id: 102, probability: 0.5 }]);
    expect(state.plan.expected(state.units.units.length)).toEqual([{ id: 7, probability: 0.25 }]);
  });

  it('forgets the plan of another model, and says so', async () => {
    const { state } = await planned(TEXT);
    const before = state.plan;
    let told = 0;
    state.planned.listen(() => told++);
    state.forgetPlan();
    expect(told).toBe(1);
    expect(state.plan).not.toBe(before);
    expect(state.plan.isCurrent).toBe(false);
    expect(state.plan.next).toEqual([]);
    expect(await state.refreshPlan(1, new AbortController().signal)).toBe(true);
    expect(state.plan.of(2)?.label).toBe(2);
  });

  it.each<[string, (state: DocumentState) => void]>([
    ['an edit', (state) => state.edit([{ start: 0, end: 0, text: 'x' }])],
    ['another text', (state) => state.reset(TEXT.replace('Two', 'Ten'))],
  ])('does not take over a plan of a text that has changed meanwhile: %s', async (_, change) => {
    const { state, engine } = await planned(TEXT);
    engine.answer = () => {
      const reply = planOf(state.text);
      change(state);
      return Promise.resolve(reply);
    };
    expect(await state.refreshPlan(1, new AbortController().signal)).toBe(false);
    expect(state.plan.isCurrent).toBe(false);
  });

  it('does not take over a plan of other units: an annotation would stand at the wrong sentence', async () => {
    const { state, engine } = await planned(TEXT);
    engine.answer = () => Promise.resolve(planOf(`${TEXT}\nOne more.`));
    expect(await state.refreshPlan(1, new AbortController().signal)).toBe(false);
  });

  it('knows which sentences an edit has touched, and which plans do not know of it', async () => {
    const { state } = await planned(TEXT);
    const change = (words: string, text: string): void => {
      const start = state.text.indexOf(words);
      state.edit([{ start, end: start + words.length, text }]);
    };
    const known = (): string[] =>
      state.units.units.map((_, unit) => {
        const { label, touched } = state.plan.of(unit) ?? {};
        return `${label ?? '?'}${touched ? ' touched' : ''}${state.plan.isStale(unit) ? ' stale' : ''}`;
      });
    expect(known()).toEqual(['0', '1', '2', '3', '4']);
    change('Two is here', 'Two is. Here');
    expect(known()).toEqual(['0', '1', '2 touched stale', '? stale', '3 stale', '4 stale']);
    change('Four', 'Five');
    expect(known()).toEqual(['0', '1', '2 touched stale', '? stale', '3 stale', '4 touched stale']);
    change('One', 'Six');
    expect(known().slice(0, 3)).toEqual(['0', '1 touched stale', '2 touched stale']);
    await state.refreshPlan(1, new AbortController().signal);
    expect(known()).toEqual(['0', '1', '2', '3', '4', '5']);
    change('Five', 'Four');
    expect(known()).toEqual(['0', '1', '2', '3', '4', '5 touched stale']);
  });

  it('keeps annotations of sentences that an edit did not touch, at their sentences', async () => {
    const { state } = await planned(TEXT);
    const before = state.units.units.length;
    state.edit([{ start: TEXT.indexOf('Two'), end: TEXT.indexOf('Two'), text: 'A new one. ' }]);
    expect(state.units.units.length).toBe(before + 1);
    const last = state.units.units.length - 1;
    expect(state.plan.of(last)?.label).toBe(before - 1);
    expect(state.plan.of(0)?.label).toBe(0);
    expect(state.plan.isCurrent).toBe(false);
  });

  it('tells the engine of every edit, in order, and of a reset', async () => {
    const { state, engine } = await planned(TEXT);
    state.edit([
      { start: 0, end: 1, text: '##' },
      { start: 5, end: 5, text: '\r\n' },
    ]);
    expect(engine.edits).toEqual([
      { start: 0, end: 1, text: '##' },
      { start: 5, end: 5, text: '\r\n' },
    ]);
    state.reset('All new.');
    expect(engine.resets).toBe(1);
    expect(state.text).toBe('All new.');
  });

  it('has as many annotations as units, whatever is edited', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            at: fc.nat(),
            length: fc.nat(12),
            text: fc.constantFrom('', 'a', '. ', '\n\n', '# ', '```\n', 'Ok. Yes. '),
          }),
          {
            maxLength: 12,
          },
        ),
        async (edits) => {
          const { state } = await planned(TEXT);
          for (const { at, length, text } of edits) {
            const start = at % (state.text.length + 1);
            state.edit([{ start, end: Math.min(state.text.length, start + length), text }]);
          }
          const { length } = state.units.units;
          expect(state.plan.expected(length)).toEqual([{ id: 7, probability: 0.25 }]);
          await state.refreshPlan(1, new AbortController().signal);
          expect(state.plan.of(length - 1)?.label).toBe(length === 0 ? undefined : length - 1);
        },
      ),
      { numRuns: 60 },
    );
  });
});
