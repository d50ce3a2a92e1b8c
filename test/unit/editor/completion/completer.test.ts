import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Answer } from '../../../../src/editor/completion/completer';
import { ORPHANED_MS } from '../../../../src/editor/completion/generation';
import type { EngineState } from '../../../../src/engine/engine';
import { CRASH, Desk, INFO, outcome, PREFERENCES, suggestion } from './support';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Lets the debounce pass and the engine be asked. */
const wait = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

async function answered(desk: Desk, pending: Promise<Answer>, ...items: string[]): Promise<readonly string[] | string> {
  await wait(0);
  desk.last.answer(...items);
  return outcome(await pending);
}

describe('Completer: asking the engine', () => {
  it('asks once typing has paused', async () => {
    const desk = new Desk('The cat');
    desk.type(' ');
    const pending = desk.suggest();
    await wait(249);
    expect(desk.asked).toHaveLength(0);
    await wait(1);
    expect(desk.last.request).toEqual({
      offset: 8,
      pins: [],
      never: [],
      gate: 'balanced',
      stop: 'sentence',
      alternatives: 1,
      maxTokens: 48,
    });
    desk.last.answer('sat down.');
    const answer = await pending;
    expect(outcome(answer)).toEqual(['sat down.']);
    expect(answer).toMatchObject({ source: 'made', waited: 250 });
  });

  it('does not ask for what is no longer wanted', async () => {
    const desk = new Desk('The cat');
    desk.type(' ');
    const controller = new AbortController();
    const pending = desk.suggest({ signal: controller.signal });
    await wait(100);
    controller.abort();
    expect(outcome(await pending)).toBe('superseded');
    // Nor where the text is another, before the editor has said that it no longer wants to know.
    const old = desk.suggest();
    desk.edit(0, 1, 't');
    await wait(1000);
    expect(desk.asked).toHaveLength(0);
    expect(outcome(await old)).toBe('superseded');
  });

  it('asks at once where the writer asks, for alternatives and without a gate', async () => {
    const desk = new Desk('The cat');
    desk.type(' ');
    const pending = desk.suggest({ mode: 'alternatives' });
    expect(await answered(desk, pending, 'sat.', 'ran.', 'slept.')).toEqual(['sat.', 'ran.', 'slept.']);
    expect(desk.last.request).toMatchObject({ gate: 'open', alternatives: 3 });
  });

  it('asks an engine that was stopped during the pause, for what is steered by then', async () => {
    const desk = new Desk('The cat');
    desk.type(' ');
    const pending = desk.suggest();
    await wait(100);
    desk.become({ kind: 'stopped' });
    desk.state.steering.set(8, { pins: [5], never: [] });
    await wait(1000);
    expect(desk.asked).toHaveLength(1);
    expect(desk.last.request.pins).toEqual([5]);
    desk.last.answer('sat down.');
    expect(outcome(await pending)).toEqual(['sat down.']);
  });

  it('asks for what is steered after the pause, not before it', async () => {
    const desk = new Desk('The cat');
    desk.type(' ');
    void desk.suggest();
    await wait(100);
    desk.state.steering.set(8, { pins: [5], never: [] });
    await wait(1000);
    expect(desk.asked.map(({ request }) => request.pins)).toEqual([[5]]);
  });

  it('expects the engine to take as long as for one suggestion, however long several took', async () => {
    const desk = new Desk('The cat ');
    for (const letter of 'sat on') {
      desk.type(letter);
      await wait(200);
    }
    const before = desk.completer.debounce.delay(0);
    const pending = desk.suggest({ mode: 'alternatives' });
    await wait(200);
    expect(await answered(desk, pending, ' a mat.')).toEqual([' a mat.']);
    expect(desk.completer.debounce.delay(0)).toBe(before);
  });

  it.each(['quiet', 'balanced', 'eager'] as const)('%s is the gate of that name', async (confidence) => {
    const desk = new Desk('The cat ');
    void desk.suggest({ preferences: { ...PREFERENCES, confidence } });
    await wait(0);
    expect(desk.last.request.gate).toBe(confidence);
  });

  it('passes on pins and bans, and does not serve what was made without them', async () => {
    const desk = new Desk('The cat ');
    expect(await answered(desk, desk.suggest(), 'sat.')).toEqual(['sat.']);
    desk.state.steering.set(8, { pins: [5], never: [7] });
    const pending = desk.suggest({ mode: 'steered' });
    await wait(0);
    expect(desk.last.request).toMatchObject({ pins: [5], never: [7], gate: 'open', alternatives: 1 });
    desk.last.answer('evidently sat.');
    expect(outcome(await pending)).toEqual(['evidently sat.']);
    desk.state.steering.clear();
    expect(outcome(await desk.suggest())).toEqual(['sat.']);
    expect(desk.asked).toHaveLength(2);
    desk.state.steering.set(8, { pins: [6], never: [] });
    void desk.suggest();
    await wait(0);
    expect(desk.asked.slice(2).map(({ request }) => request.pins)).toEqual([[6]]);
  });

  it('serves the second sentence that was made under two pins while the second is being written', async () => {
    const desk = new Desk('It is so. ');
    desk.state.steering.set(10, { pins: [5, 6], never: [] });
    expect(await answered(desk, desk.suggest(), 'One is. Two is.')).toEqual(['One is. Two is.']);
    desk.type('One is. ');
    expect(desk.state.steering.at(18).pins).toEqual([6]);
    expect(outcome(await desk.suggest())).toEqual(['Two is.']);
    desk.state.steering.set(18, { pins: [9], never: [] });
    void desk.suggest({ mode: 'steered' });
    await wait(0);
    expect(desk.last.request.pins).toEqual([9]);
  });

  it('uses the line breaks of the document', async () => {
    const desk = new Desk('One.\r\n\r\nTwo. ');
    const preferences = { ...PREFERENCES, length: 'paragraph', eol: '\r\n' } as const;
    const pending = desk.suggest({ preferences });
    expect(await answered(desk, pending, 'Three.\nFour.')).toEqual(['Three.\r\nFour.']);
  });
});

describe('Completer: what is known already', () => {
  it('serves what is typed along without asking or waiting', async () => {
    const desk = new Desk('The cat ');
    await answered(desk, desk.suggest(), 'sat down.');
    desk.type('sat');
    expect(await desk.suggest()).toMatchObject({ source: 'known', waited: 0, items: [{ text: ' down.' }] });
    desk.edit(9, 11, '');
    expect(outcome(await desk.suggest())).toEqual(['at down.']);
    expect(desk.asked).toHaveLength(1);
  });

  it('asks anew for other text, another gate, other weights', async () => {
    const desk = new Desk('The cat ');
    await answered(desk, desk.suggest(), 'sat down.');
    void desk.suggest({ preferences: { ...PREFERENCES, confidence: 'quiet' } });
    await wait(0);
    expect(desk.asked).toHaveLength(2);
    desk.become({ kind: 'ready', info: { ...INFO, weightsId: 'w2' }, skippedDevice: undefined });
    await answered(desk, desk.suggest(), 'sat up.');
    expect(desk.asked).toHaveLength(3);
    desk.type('ran');
    void desk.suggest();
    await wait(600);
    expect(desk.asked).toHaveLength(4);
  });

  it('does not ask twice where there is nothing', async () => {
    const desk = new Desk('The cat ');
    const pending = desk.suggest();
    await wait(0);
    desk.last.refuse('low-confidence');
    expect(await pending).toEqual({
      kind: 'nothing',
      reason: 'low-confidence',
      sentence: 'Because of low-confidence.',
    });
    expect(outcome(await desk.suggest())).toBe('low-confidence');
    expect(desk.asked).toHaveLength(1);
  });

  it('does not ask for each key in a code block', async () => {
    const desk = new Desk('```\nlet x');
    const pending = desk.suggest();
    await wait(0);
    desk.last.refuse('inside-code');
    await pending;
    desk.type('yz = 1;');
    expect(outcome(await desk.suggest())).toBe('inside-code');
    expect(desk.asked).toHaveLength(1);
    desk.type('`');
    void desk.suggest();
    await wait(600);
    expect(desk.asked).toHaveLength(2);
  });

  it('asks again where the text before a code block has changed: it may be none any more', async () => {
    const desk = new Desk('```\nlet x');
    const pending = desk.suggest();
    await wait(0);
    desk.last.refuse('inside-code');
    await pending;
    desk.edit(0, 3, 'abc');
    void desk.suggest();
    await wait(600);
    expect(desk.asked).toHaveLength(2);
  });

  it('asks for alternatives anew where one of the last ones was begun', async () => {
    const desk = new Desk('The cat ');
    await answered(desk, desk.suggest({ mode: 'alternatives' }), 'sat.', 'ran.', 'slept.');
    expect(outcome(await desk.suggest({ mode: 'alternatives' }))).toEqual(['sat.', 'ran.', 'slept.']);
    desk.type('s');
    void desk.suggest({ mode: 'alternatives' });
    await wait(0);
    expect(desk.asked).toHaveLength(2);
  });

  it('keeps what is on the screen first among the alternatives', async () => {
    const desk = new Desk('The cat ');
    const item = (text: string, label: number) => ({ ...suggestion(text, label), confidence: 0.9 });
    const first = desk.suggest();
    await wait(0);
    desk.last.answer(item('sat.', 1));
    const { items } = (await first) as Answer & { kind: 'suggestions' };
    desk.completer.offers.show({ key: desk.state.key, text: desk.state.text, offset: 8 }, items, false, '');
    const second = desk.suggest({ mode: 'alternatives' });
    await wait(0);
    desk.last.answer(item('sat then.', 1), item('ran.', 2), item('slept.', 3));
    expect(outcome(await second)).toEqual(['sat.', 'ran.', 'slept.']);
  });
});

describe('Completer: what is being made', () => {
  it('keeps a generation that the typed text agrees with, and serves its rest', async () => {
    const desk = new Desk('The cat ');
    const old = new AbortController();
    const first = desk.suggest({ signal: old.signal });
    await wait(0);
    desk.type('s');
    old.abort();
    expect(outcome(await first)).toBe('superseded');
    await wait(60);
    const second = desk.suggest();
    await wait(ORPHANED_MS * 2);
    expect(desk.asked).toHaveLength(1);
    expect(desk.last.signal.aborted).toBe(false);
    desk.last.answer('sat down.');
    expect(outcome(await second)).toEqual(['at down.']);
  });

  it('stops a generation as soon as the text disagrees, and starts another', async () => {
    const desk = new Desk('The cat ');
    void desk.suggest();
    await wait(0);
    const [asked] = desk.asked;
    asked!.partial('sat');
    expect(asked!.signal.aborted).toBe(false);
    desk.type('r');
    expect(asked!.signal.aborted).toBe(true);
    const second = desk.suggest();
    await wait(600);
    expect(desk.asked).toHaveLength(2);
    desk.last.answer('an off.');
    expect(outcome(await second)).toEqual(['an off.']);
    expect(desk.troubles).toEqual([]);
  });

  it('stops a generation whose text turns out to disagree', async () => {
    const desk = new Desk('The cat ');
    void desk.suggest();
    await wait(0);
    desk.type('r');
    expect(desk.last.signal.aborted).toBe(false);
    desk.last.partial('s');
    expect(desk.last.signal.aborted).toBe(true);
  });

  it('does not mind white space that the engine will take off', async () => {
    const desk = new Desk('The cat ');
    void desk.suggest();
    await wait(0);
    desk.type('s');
    desk.last.partial(' sat');
    expect(desk.last.signal.aborted).toBe(false);
  });

  it('stops a generation that nobody comes back for', async () => {
    const desk = new Desk('The cat ');
    const controller = new AbortController();
    void desk.suggest({ signal: controller.signal });
    await wait(0);
    expect(desk.completer.isBusy(desk.state.key)).toBe(true);
    expect(desk.completer.isBusy('file:///other.md')).toBe(false);
    controller.abort();
    await wait(ORPHANED_MS - 1);
    expect(desk.last.signal.aborted).toBe(false);
    await wait(1);
    expect(desk.last.signal.aborted).toBe(true);
    expect(desk.completer.isBusy(desk.state.key)).toBe(false);
  });

  it('does not wait for what was begun before the sentence was steered', async () => {
    const desk = new Desk('The cat ');
    void desk.suggest();
    await wait(0);
    desk.state.steering.set(8, { pins: [5], never: [] });
    void desk.suggest();
    await wait(0);
    expect(desk.asked.map(({ request }) => request.pins)).toEqual([[], [5]]);
  });

  it('goes on with a generation as long as one waits for it', async () => {
    const desk = new Desk('The cat ');
    const controller = new AbortController();
    void desk.suggest({ signal: controller.signal });
    await wait(0);
    const second = desk.suggest();
    await wait(0);
    controller.abort();
    await wait(ORPHANED_MS * 2);
    expect(desk.asked.map(({ signal }) => signal.aborted)).toEqual([false]);
    desk.last.answer('sat.');
    expect(outcome(await second)).toEqual(['sat.']);
  });

  it('stops a generation when the cursor goes elsewhere, or the text elsewhere changes', async () => {
    const desk = new Desk('The cat ');
    void desk.suggest();
    await wait(0);
    desk.completer.moved({ key: desk.state.key, text: desk.state.text, offset: 8 });
    expect(desk.last.signal.aborted).toBe(false);
    desk.completer.moved({ key: desk.state.key, text: desk.state.text, offset: 3 });
    expect(desk.last.signal.aborted).toBe(true);
    void desk.suggest();
    await wait(0);
    desk.edit(0, 1, 't');
    expect(desk.last.signal.aborted).toBe(true);
  });

  it('runs one generation at a time', async () => {
    const desk = new Desk('The cat ');
    void desk.suggest();
    await wait(0);
    void desk.suggest({ mode: 'alternatives' });
    await wait(0);
    expect(desk.asked.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  });

  it('asks again where what was made is of no use any more', async () => {
    const desk = new Desk('The cat ');
    void desk.suggest();
    await wait(0);
    desk.type('sat');
    const second = desk.suggest();
    await wait(0);
    desk.last.answer('sat');
    await wait(600);
    expect(desk.asked).toHaveLength(2);
    expect(await answered(desk, second, ' down.')).toEqual([' down.']);
  });
});

describe('Completer: the engine', () => {
  it('knows while a sentence is being accepted, however that ends', async () => {
    const { completer } = new Desk('The cat ');
    const seen = await completer.whileAccepting(() => Promise.resolve(completer.isAccepting));
    expect([seen, completer.isAccepting]).toEqual([true, false]);
    await expect(completer.whileAccepting(() => Promise.reject(CRASH))).rejects.toBe(CRASH);
    expect(completer.isAccepting).toBe(false);
  });

  describe('while it starts', () => {
    const READY: EngineState = { kind: 'ready', info: INFO, skippedDevice: undefined };

    /** One whose engine has not started. */
    function starting(): Desk {
      const desk = new Desk('The cat ');
      desk.become({ kind: 'stopped' });
      desk.load = () => new Promise(() => undefined);
      return desk;
    }

    it('opens the model during the pause, and is asked after it; what comes is kept', async () => {
      const desk = starting();
      desk.type('s');
      const pending = desk.suggest();
      await wait(10);
      expect([desk.loads, desk.asked.length]).toEqual([1, 0]);
      await wait(300);
      desk.become(READY);
      expect(await answered(desk, pending, 'at down.')).toEqual(['at down.']);
      const again = await desk.suggest();
      expect(outcome(again)).toEqual(['at down.']);
      expect([again, desk.asked.length]).toMatchObject([{ source: 'known' }, 1]);
    });

    it('is asked anew for the text as it is, and no longer for what it was', async () => {
      const desk = starting();
      const old = new AbortController();
      const superseded = desk.suggest({ signal: old.signal });
      await wait(300);
      desk.type('s');
      old.abort();
      const pending = desk.suggest();
      await wait(1000);
      expect(desk.asked.map(({ text, signal }) => [text, signal.aborted])).toEqual([
        ['The cat ', true],
        ['The cat s', false],
      ]);
      expect(outcome(await superseded)).toBe('superseded');
      desk.become(READY);
      expect(await answered(desk, pending, 'at down.')).toEqual(['at down.']);
    });

    it('goes on with what was asked, once it has started', async () => {
      const desk = starting();
      void desk.suggest();
      await wait(300);
      desk.become(READY);
      desk.last.partial('sat');
      desk.type('s');
      const pending = desk.suggest();
      expect(await answered(desk, pending, 'sat down.')).toEqual(['at down.']);
      expect(desk.asked).toHaveLength(1);
    });

    it('does not take the time of starting for that of a suggestion', async () => {
      const desk = starting();
      for (const letter of 'sat on') {
        desk.type(letter);
        await wait(200);
      }
      const before = desk.completer.debounce.delay(0);
      const pending = desk.suggest();
      await wait(5000);
      desk.become(READY);
      expect(await answered(desk, pending, 'sat.')).toEqual(['sat.']);
      expect(desk.completer.debounce.delay(0)).toBe(before);
    });

    it('tells of a failure', async () => {
      const desk = starting();
      desk.load = () => Promise.reject(CRASH);
      const pending = desk.suggest();
      await wait(300);
      desk.last.fail(CRASH);
      expect(outcome(await pending)).toBe('engine-error');
      expect(desk.troubles).toEqual(['The engine ended.']);
    });
  });

  it('says nothing while the engine has failed', async () => {
    const desk = new Desk('The cat ');
    desk.become({ kind: 'failed', error: CRASH });
    expect(await desk.suggest()).toEqual({ kind: 'nothing', reason: 'engine-failed', sentence: CRASH.message });
    expect([desk.loads, desk.asked.length]).toEqual([0, 0]);
  });

  it('tells of a failure, and asks again the next time', async () => {
    const desk = new Desk('The cat ');
    const pending = desk.suggest();
    await wait(0);
    desk.last.fail(CRASH);
    expect(outcome(await pending)).toBe('engine-error');
    expect(desk.troubles).toEqual(['The engine ended.']);
    expect(await answered(desk, desk.suggest(), 'sat.')).toEqual(['sat.']);
  });

  it('does not keep for the place that the engine gave up', async () => {
    const desk = new Desk('The cat ');
    const pending = desk.suggest();
    await wait(0);
    desk.last.refuse('document-changed');
    await wait(0);
    expect(await answered(desk, pending, 'sat.')).toEqual(['sat.']);
  });
});
