import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CompleteOptions, CompletionResult } from '../../../src/writing/complete';
import { DocumentSession } from '../../../src/writing/session';
import { ToyModel } from '../support/toyModel';
import { TOY_TEXT } from '../support/toyText';

const model = new ToyModel();

/** A result without its times, and with numbers as far as they can agree. */
function told({ completions, reason }: CompletionResult): unknown {
  return {
    reason,
    completions: completions.map(({ text, labels, confidence, tokens }) => ({
      text,
      tokens,
      confidence: confidence.toFixed(6),
      labels: labels.map(({ id, probability, pinned }) => ({ id, pinned, probability: probability.toFixed(5) })),
    })),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

describe('the plan of a document', () => {
  it('tiles the text with units, each with its label and what was expected', async () => {
    const units = await new DocumentSession(model, TOY_TEXT).plan({ top: 3 });
    expect(units.map(({ start, end }) => TOY_TEXT.slice(start, end)).join('')).toBe(TOY_TEXT);
    expect(units[0]!.kind).toBe('heading1');
    for (const { label, predicted, surprisal } of units) {
      expect(label).toBeLessThan(model.labels.count);
      expect(predicted).toHaveLength(3);
      expect(predicted[0]!.probability).toBeGreaterThanOrEqual(predicted[1]!.probability);
      const listed = predicted.find(({ id }) => id === label);
      if (listed) expect(surprisal).toBeCloseTo(-Math.log2(listed.probability), 5);
      else expect(surprisal).toBeGreaterThanOrEqual(-Math.log2(predicted[2]!.probability) - 1e-6);
    }
  });

  it('equals one planner run over the whole document', async () => {
    const session = new DocumentSession(model, TOY_TEXT);
    const units = await session.plan({ top: model.labels.count });
    const embeddings = await model.embed(units.map(({ start, end }) => TOY_TEXT.slice(start, end).trim()));
    const { UNIT_KINDS } = await import('../../../src/text/units');
    const kinds = Int32Array.from(units, ({ kind }) => UNIT_KINDS.indexOf(kind));
    const whole = await model.plan(embeddings, kinds);
    const labels = model.observe(embeddings);
    const { steps } = model.config.planner;
    const { count } = model.labels;
    for (const [u, unit] of units.entries()) {
      expect(unit.label).toBe(labels[u]);
      for (const { id, probability } of unit.predicted) {
        expect(probability).toBeCloseTo(whole[u * steps * count + id]!, 6);
      }
    }
    const next = await session.next();
    expect(next).toHaveLength(steps);
    for (const [step, listed] of next.entries()) {
      expect(listed[0]!.probability).toBeCloseTo(whole[(units.length * steps + step) * count + listed[0]!.id]!, 6);
    }
  });

  it('without labels that must not come next is the plan of the others', async () => {
    const session = new DocumentSession(model, TOY_TEXT);
    const { count } = model.labels;
    const free = await session.next(undefined, { top: count });
    const never = [free[0]![0]!.id, free[0]![2]!.id];
    const bound = await session.next(undefined, { top: count, never });
    expect(bound[0]).toHaveLength(count - 2);
    expect(sum(bound[0]!.map(({ probability }) => probability))).toBeCloseTo(1, 5);
    const left = 1 - free[0]![0]!.probability - free[0]![2]!.probability;
    for (const { id, probability } of bound[0]!) {
      expect(probability).toBeCloseTo(free[0]!.find((label) => label.id === id)!.probability / left, 5);
    }
    expect(bound.slice(1)).toEqual(free.slice(1));
    await expect(session.next(undefined, { never: [count] })).rejects.toThrow(RangeError);
  });

  it('embeds after an edit only what changed', async () => {
    const own = new ToyModel();
    const session = new DocumentSession(own, TOY_TEXT);
    await session.plan();
    own.embedded.length = 0;
    const at = TOY_TEXT.indexOf('lid');
    session.edit(at, at + 3, 'spout');
    await session.plan();
    expect(own.embedded.flat()).toEqual(['- a pot with a spout']);
  });

  it('has offsets of the file, whatever its line breaks', async () => {
    const text = TOY_TEXT.replaceAll('\n', '\r\n');
    const units = await new DocumentSession(model, text).plan();
    expect(units.map(({ start, end }) => text.slice(start, end)).join('')).toBe(text);
    const plain = await new DocumentSession(model, TOY_TEXT).plan();
    expect(units.map(({ label }) => label)).toEqual(plain.map(({ label }) => label));
  });

  it('is cancelled by its signal, and by an edit', async () => {
    const session = new DocumentSession(model, TOY_TEXT);
    await expect(session.plan({ signal: AbortSignal.abort() })).rejects.toThrow(/cancelled/);
    const running = session.plan();
    setImmediate(() => session.edit(0, 0, '#'));
    await expect(running).rejects.toMatchObject({ name: 'CancelledError' });
    expect(await session.plan()).toEqual(await new DocumentSession(model, `#${TOY_TEXT}`).plan());
  });

  it.each<[string, (session: DocumentSession) => Promise<unknown>]>([
    ['plan', (session) => session.plan()],
    ['next', (session) => session.next(30)],
    ['influences', (session) => session.influences([5])],
  ])('%s is of the text it was asked about: an edit cancels it even while it waits', async (_, ask) => {
    const session = new DocumentSession(model, TOY_TEXT);
    const first = session.plan();
    const waiting = ask(session);
    session.setText('One cat sat.');
    await expect(first).rejects.toMatchObject({ name: 'CancelledError' });
    await expect(waiting).rejects.toMatchObject({ name: 'CancelledError' });
    expect(await session.plan()).toHaveLength(1);
  });

  it('of an empty document is the plan before the first unit', async () => {
    const session = new DocumentSession(model, '');
    expect(await session.plan()).toEqual([]);
    expect(await session.next()).toHaveLength(3);
  });
});

describe('a session after edits', () => {
  const piece = fc.constantFrom(
    'tea',
    ' ',
    '. ',
    '\n',
    '\n\n',
    '- ',
    '# ',
    '\r\n',
    'The tea is',
    '😀',
    '\uD83D',
    '`',
    'Pour the water',
  );

  it('plans and completes as a session that is opened on the result', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(), fc.nat(12), fc.array(piece, { maxLength: 3 }), fc.nat()), {
          minLength: 1,
          maxLength: 5,
        }),
        fc.integer({ min: 0, max: 3 }),
        async (edits, seed) => {
          const session = new DocumentSession(model, TOY_TEXT.slice(0, 600));
          const options: CompleteOptions = { seed, temperature: seed === 0 ? 0 : 0.7, maxTokens: 12 };
          await session.complete(300, options);
          for (const [at, length, parts, cursor] of edits) {
            const start = at % (session.text.length + 1);
            session.edit(start, Math.min(session.text.length, start + length), parts.join(''));
            const offset = cursor % (session.text.length + 1);
            const fresh = new DocumentSession(model, session.text);
            expect(told(await session.complete(offset, options))).toEqual(told(await fresh.complete(offset, options)));
            expect(await session.next(offset)).toEqual(await fresh.next(offset));
          }
          expect(await session.plan()).toEqual(await new DocumentSession(model, session.text).plan());
        },
      ),
      { numRuns: 40 },
    );
  });

  it('reads one or two tokens again for a typed character', async () => {
    const own = new ToyModel();
    const session = new DocumentSession(own, TOY_TEXT.slice(0, 300));
    await session.complete(300, { maxTokens: 1 });
    const typed = TOY_TEXT.slice(300, 330);
    const costs: number[] = [];
    for (const [i, character] of Array.from(typed).entries()) {
      own.extended.length = 0;
      session.edit(300 + i, 300 + i, character);
      await session.complete(301 + i, { maxTokens: 1 });
      costs.push(sum(own.extended));
    }
    expect(Math.max(...costs)).toBeLessThanOrEqual(6);
  });

  it('reads a long document from a start that moves in jumps', async () => {
    const own = new ToyModel({ maxPositions: 96 });
    const text = TOY_TEXT.repeat(2);
    const session = new DocumentSession(own, text.slice(0, 1000));
    await session.complete(1000, { maxTokens: 1 });
    const costs: number[] = [];
    for (let at = 1000; at < 1300; at++) {
      own.extended.length = 0;
      session.edit(at, at, text[at]!);
      await session.complete(at + 1, { maxTokens: 1 });
      costs.push(sum(own.extended));
    }
    const expensive = costs.filter((cost) => cost > 20).length;
    expect(expensive).toBeGreaterThan(0);
    expect(expensive).toBeLessThan(30);
  });

  it('does not read again what comes after the cursor', async () => {
    const own = new ToyModel();
    const session = new DocumentSession(own, TOY_TEXT);
    await session.complete(200, { maxTokens: 1 });
    session.edit(400, 410, 'changed text');
    own.extended.length = 0;
    await session.complete(200, { maxTokens: 1 });
    expect(sum(own.extended)).toBe(0);
  });

  it('refuses ranges and offsets that are not in the text', async () => {
    const session = new DocumentSession(model, 'abc');
    expect(() => session.edit(2, 9, '')).toThrow(RangeError);
    expect(() => session.edit(2, 1, '')).toThrow(RangeError);
    await expect(session.complete(4)).rejects.toThrow(RangeError);
  });

  it('setText makes the one edit that differs', async () => {
    const own = new ToyModel();
    const session = new DocumentSession(own, TOY_TEXT);
    await session.plan();
    own.embedded.length = 0;
    session.setText(TOY_TEXT.replace('two spoons', 'three spoons'));
    await session.plan();
    expect(session.text).toContain('three spoons');
    expect(own.embedded.flat()).toHaveLength(1);
  });

  it('goes on with what is under way where an edit changes nothing', async () => {
    const session = new DocumentSession(new ToyModel(), TOY_TEXT);
    const planning = session.plan();
    session.setText(TOY_TEXT);
    session.edit(5, 8, TOY_TEXT.slice(5, 8));
    expect((await planning).length).toBeGreaterThan(0);
  });
});

describe('what the document has said before', () => {
  // The toy model knows nothing of this text.
  const sentence = (day: string): string => `On ${day} the kraken sleeps under its wharf. `;
  const text = `${['Monday', 'Tuesday', 'Thursday', 'Friday'].map(sentence).join('')}On Sunday the kraken sl`;

  it('is suggested again, word for word', async () => {
    const session = new DocumentSession(new ToyModel(), text);
    const { completions } = await session.complete(text.length);
    expect(completions[0]?.text).toBe('eeps under its wharf.');
    const forgetful = await new DocumentSession(new ToyModel(), text, { memory: false }).complete(text.length);
    expect(forgetful.completions[0]?.text).not.toBe('eeps under its wharf.');
  });

  it('is forgotten once it is no longer in the document', async () => {
    const session = new DocumentSession(new ToyModel(), text);
    await session.complete(text.length);
    session.edit(0, text.indexOf('On Sunday'), '');
    const { completions } = await session.complete(session.text.length);
    expect(completions[0]?.text).not.toBe('eeps under its wharf.');
  });
});
