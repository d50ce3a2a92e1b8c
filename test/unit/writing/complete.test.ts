import { describe, expect, it } from 'vitest';
import type { CompleteOptions } from '../../../src/writing/complete';
import { GATES, type GateLevel } from '../../../src/writing/gate';
import { reasonSentence } from '../../../src/writing/reasons';
import { DocumentSession } from '../../../src/writing/session';
import { ToyModel } from '../support/toyModel';
import { TOY_TEXT } from '../support/toyText';

const model = new ToyModel();

/** Completes at the bar in a text; the toy model's words only, not those that the text holds already. */
async function completeAt(marked: string, options: CompleteOptions = {}, own = model) {
  const cursor = marked.indexOf('|');
  const session = new DocumentSession(own, marked.slice(0, cursor) + marked.slice(cursor + 1), { memory: false });
  return session.complete(cursor, options);
}

const texts = async (...args: Parameters<typeof completeAt>): Promise<string[]> =>
  (await completeAt(...args)).completions.map(({ text }) => text);

/** The toy text up to a phrase. */
const upTo = (phrase: string): string => TOY_TEXT.slice(0, TOY_TEXT.indexOf(phrase) + phrase.length);

describe('completion', () => {
  it('goes on at the end of a line', async () => {
    expect(await texts(`${upTo('Pour the water over')}|`)).toEqual([' the leaves slowly.']);
  });

  it('goes on after a space, as if the next word had begun with it', async () => {
    expect(await texts(`${upTo('Pour the water over')} |`)).toEqual(['the leaves slowly.']);
  });

  it.each(['Pour the wat', 'Pour the wate', 'Pour the w', 'Pour th', 'Pou'])(
    'heals the word broken off in "%s"',
    async (typed) => {
      const [text] = await texts(`${upTo('the warm pot. ')}${typed}|`);
      expect(typed + text!).toBe('Pour the water over the leaves slowly.');
    },
  );

  it('goes on in the middle of a paragraph and stops before what is there', async () => {
    expect(await texts(`${upTo('Pour the water')}| slowly. Wait.`)).toEqual([' over the leaves']);
  });

  it('writes whole units, planning again at each end', async () => {
    const own = new ToyModel();
    const [text] = await texts(`${upTo('Pour the water over')}|`, { stop: 'paragraph', maxTokens: 60 }, own);
    expect(text).toBe(' the leaves slowly. Wait for three minutes, but not for longer.');
    expect(own.embedded.flat()).toContain('Pour the water over the leaves slowly.');
  });

  it('stops at a clause', async () => {
    expect(await texts(`${upTo('Wait for')}|`, { stop: 'clause' })).toEqual([' three minutes,']);
  });

  it('keeps to whole words when the token limit ends it', async () => {
    const [text] = await texts(`${upTo('Pour the water over')}|`, { maxTokens: 9 });
    expect(' the leaves slowly.'.startsWith(text!)).toBe(true);
    expect(' the leaves slowly.'.slice(text!.length)).toMatch(/^[\s.]/);
  });

  it.each([[{}], [{ pins: [3] }]])('writes nothing where no token may be written: %j', async (options) => {
    const own = new ToyModel();
    const { completions, reason } = await completeAt(
      `${upTo('Pour the water over')}|`,
      { ...options, maxTokens: 0 },
      own,
    );
    expect(completions).toEqual([]);
    expect(reason).toEqual({ kind: 'only-whitespace' });
    expect(own.extended).toEqual([]);
  });

  it('writes no more than one token where the LM has room for none', async () => {
    const own = new ToyModel({ maxPositions: 3 });
    await completeAt(`${upTo('the warm pot. ')}Pour the wat|`, {}, own);
    expect(own.extended).toHaveLength(1);
  });

  it.each([[{}], [{ pins: [3] }], [{ temperature: 1 }]])(
    'never writes what pads the vocabulary: %j',
    async (options: CompleteOptions) => {
      /** The tokenizer has fewer tokens than the LM has logits, and the rest are the largest. */
      class PaddedModel extends ToyModel {
        override async extend(...args: Parameters<ToyModel['extend']>): Promise<Float32Array> {
          const logits = await super.extend(...args);
          const padded = new Float32Array(logits.length + 56).fill(99);
          padded.set(logits);
          return padded;
        }
      }
      const marked = `${upTo('Pour the water over')}|`;
      const expected = await texts(marked, options, new ToyModel());
      expect(await texts(marked, options, new PaddedModel())).toEqual(expected);
    },
  );

  it('uses the line breaks of the document', async () => {
    const text = `${upTo('Pour the water over')}|`.replaceAll('\n', '\r\n');
    const { completions } = await completeAt(`${upTo('Boil the water first')}|\n`.replaceAll('\n', '\r\n'), {
      stop: 'paragraph',
    });
    expect(completions[0]!.text).not.toMatch(/(?<!\r)\n/);
    expect(await texts(text)).toEqual([' the leaves slowly.']);
  });

  it('survives halves of surrogate pairs', async () => {
    expect((await completeAt(`\uD83D ${upTo('Pour the water over')}|\uDE00`)).reason).toBeNull();
    const session = new DocumentSession(model, `${upTo('Pour the')} 😀`);
    const inside = await session.complete(session.text.length - 1);
    expect(inside.completions.length + (inside.reason ? 1 : 0)).toBeGreaterThan(0);
  });

  it('gives the same text for the same seed, and others for others', async () => {
    const drawn = new Set<string>();
    for (let seed = 0; seed < 6; seed++) {
      const options = { seed, temperature: 1.6, topP: 1, maxTokens: 16 };
      const first = await texts(`${upTo('The tea is')}|`, options);
      expect(await texts(`${upTo('The tea is')}|`, options)).toEqual(first);
      drawn.add(first.join());
    }
    expect(drawn.size).toBeGreaterThan(1);
  });
});

describe('the plan in a completion', () => {
  it('names the label it followed', async () => {
    const { completions } = await completeAt(`${upTo('Pour the water over')}|`);
    const session = new DocumentSession(model, upTo('Pour the water over'));
    const [expected] = await session.next(session.text.length - 5, { top: 1 });
    expect(completions[0]!.labels).toEqual([
      { ...expected![0]!, name: model.labels.get(expected![0]!.id).name, pinned: false },
    ]);
  });

  it('binds a unit to a pinned label', async () => {
    const own = new ToyModel({ planStrength: 1 });
    const marked = `${upTo('Pour the leaves'.slice(0, 4))}|`;
    const results = [];
    for (let pin = 0; pin < own.labels.count; pin++) {
      const { completions, reason } = await completeAt(marked, { pins: [pin], maxTokens: 12 }, own);
      if (reason) continue;
      expect(completions[0]!.labels[0]).toMatchObject({ id: pin, pinned: true, name: own.labels.get(pin).name });
      results.push(completions[0]!.text);
    }
    expect(new Set(results).size).toBeGreaterThan(4);
  });

  it('binds the next unit where the cursor stands at the end of one', async () => {
    const { completions } = await completeAt(`${upTo('into the warm pot.')}|`, { pins: [5], maxTokens: 40 });
    expect(completions[0]!.text).toMatch(/^ Pour the water over the leaves /);
    expect(completions[0]!.labels).toMatchObject([{ id: 5, pinned: true }]);
  });

  it('refuses a pin that is no label', async () => {
    await expect(completeAt(`${upTo('Pour the')}|`, { pins: [99] })).rejects.toThrow(RangeError);
    await expect(completeAt(`${upTo('Pour the')}|`, { never: [-1] })).rejects.toThrow(RangeError);
  });

  it('binds the units after it to the pins after it, and the rest to the plan', async () => {
    const pinning = { candidates: 1, temperature: 0, strength: 1 };
    const options = { pins: [4, 3], stop: 'paragraph', maxTokens: 60, pinning } as const;
    // With a plan that says nothing the text is known: two sentences.
    const own = new ToyModel({ planStrength: 0 });
    const { completions } = await completeAt(`${upTo('Pour the water over')}|`, options, own);
    const { labels } = completions[0]!;
    expect(labels.slice(0, 2)).toMatchObject([
      { id: 4, pinned: true },
      { id: 3, pinned: true },
    ]);
    for (const { pinned } of labels.slice(2)) expect(pinned).toBe(false);
  });

  it('never follows a label that it must not, and is conditioned on the rest', async () => {
    const own = new ToyModel({ planStrength: 0.3 });
    const marked = `${upTo('Pour the water over')}|`;
    const free = await completeAt(marked, { maxTokens: 10 }, own);
    const top = free.completions[0]!.labels[0]!;
    const other = await completeAt(marked, { maxTokens: 10, never: [top.id] }, own);
    expect(other.completions[0]!.labels[0]!.id).not.toBe(top.id);
    expect(other.completions[0]!.confidence).not.toBe(free.completions[0]!.confidence);
    const { completions } = await completeAt(marked, { alternatives: 3, maxTokens: 10, never: [top.id] }, own);
    expect(completions.map(({ labels }) => labels[0]!.id)).not.toContain(top.id);
  });

  it('lets a pin through that is also forbidden: the pin is the later word', async () => {
    const options = { maxTokens: 40, pins: [5] };
    const marked = `${upTo('into the warm pot.')}|`;
    expect(await texts(marked, { ...options, never: [5] })).toEqual(await texts(marked, options));
  });

  it('tells the text as it grows', async () => {
    const told: string[] = [];
    const [text] = await texts(`${upTo('Pour the water')}|\r\n`, { onText: (part) => told.push(part) });
    expect(told.length).toBeGreaterThan(3);
    for (const [i, part] of told.entries()) expect(part.startsWith(told[i - 1] ?? '')).toBe(true);
    expect(told.at(-1)).toBe(text);
  });

  it('offers alternatives under different labels, the most probable ones', async () => {
    const own = new ToyModel({ planStrength: 1 });
    const { completions } = await completeAt(`${upTo('the warm pot. ')}|`, { alternatives: 3, maxTokens: 10 }, own);
    expect(completions.length).toBeGreaterThan(1);
    expect(new Set(completions.map(({ text }) => text)).size).toBe(completions.length);
    expect(new Set(completions.map(({ labels }) => labels[0]!.id)).size).toBe(completions.length);
    const probabilities = completions.map(({ labels }) => labels[0]!.probability);
    expect(probabilities).toEqual([...probabilities].sort((a, b) => b - a));
  });

  it('does not reach the LM when the session leaves it out', async () => {
    const own = new ToyModel({ planStrength: 50 });
    const session = new DocumentSession(own, upTo('Pour the water over'), { conditioning: 'none', memory: false });
    expect((await session.complete(session.text.length)).completions[0]!.text).toBe(' the leaves slowly.');
  });
});

describe('cancelling', () => {
  it('stops within one token', async () => {
    const own = new ToyModel();
    const session = new DocumentSession(own, upTo('Pour the water over'), { memory: false });
    await session.plan();
    for (const after of [1, 2, 3, 5, 8]) {
      const abort = new AbortController();
      let calls = 0;
      let late = 0;
      own.onExtend = () => {
        if (abort.signal.aborted) late++;
        if (++calls === after) abort.abort();
      };
      const { reason } = await session.complete(session.text.length, { signal: abort.signal, stop: 'paragraph' });
      expect(reason).toEqual({ kind: 'cancelled' });
      expect(late).toBe(0);
    }
    own.onExtend = () => undefined;
    // What was interrupted left nothing broken behind.
    expect((await session.complete(session.text.length)).completions[0]!.text).toBe(' the leaves slowly.');
  });

  it('reaches a request that comes from outside between tokens', async () => {
    const own = new ToyModel();
    const session = new DocumentSession(own, upTo('Pour the water over'), { memory: false });
    const abort = new AbortController();
    const asked = session.complete(session.text.length, { signal: abort.signal, stop: 'paragraph' });
    setImmediate(() => abort.abort());
    expect((await asked).reason).toEqual({ kind: 'cancelled' });
    expect(own.extended.length).toBeLessThan(4);
  });

  it('is what an edit does to a running completion', async () => {
    const own = new ToyModel();
    const session = new DocumentSession(own, upTo('Pour the water'), { memory: false });
    let edited = false;
    own.onExtend = () => {
      if (!edited) session.edit(session.text.length, session.text.length, ' over');
      edited = true;
    };
    expect((await session.complete(session.text.length)).reason).toEqual({ kind: 'document-changed' });
    expect((await session.complete(session.text.length)).completions[0]!.text).toBe(' the leaves slowly.');
  });

  it('before the start costs nothing', async () => {
    const own = new ToyModel();
    const session = new DocumentSession(own, upTo('Pour the water'), { memory: false });
    expect((await session.complete(5, { signal: AbortSignal.abort() })).reason).toEqual({ kind: 'cancelled' });
    expect(own.extended).toEqual([]);
  });
});

it('the indentation of a list item begins no code', async () => {
  expect((await completeAt('- Pour the water.\n\n    |')).reason?.kind).not.toBe('inside-code');
});

describe('every empty answer has its reason', () => {
  it.each([
    ['empty-document', '|'],
    ['empty-document', '\n \n|'],
    ['nothing-before-cursor', '  |\nText after.'],
    ['binary', 'a\0b|'],
    ['inside-code', 'Text.\n\n```js\nlet a|'],
    ['inside-code', 'Run `npm in|'],
    ['inside-code', 'Text.\n\n    |'],
    ['inside-code', '1. Run this:\n\n        npm |'],
    ['inside-code', 'Text.\n\n\t|\n\nMore.'],
    ['inside-code', 'Run ``a ` b|'],
    ['inside-math', 'Text.\n\n$$\nx = |'],
    ['inside-html', 'Text.\n\n<div>\nmore|'],
    ['inside-html', 'Some <span class="a|'],
    ['inside-html', 'Some <!-- of it, say |--> and more.'],
    ['inside-math', 'Let $y |$ be a number.'],
    ['inside-math', 'Let $x$ and $\\alpha = |'],
    ['inside-table', 'Text.\n\n| a | b |\n| - | - |\n| c ¦'],
    ['inside-front-matter', '---\ntitle: Te|'],
    ['inside-link', 'See [the manual](https://exa|'],
    ['inside-link', 'See <https://exa|'],
    ['inside-link', 'See [the guide](guide.md "the |'],
    ['inside-link', 'Text.\n\n[docs]: https://exa|'],
    ['inside-word', 'Pour the wa|ter'],
    ['after-marker', 'Buy:\n\n-|'],
    ['after-marker', 'Buy:\n\n12.|'],
    ['after-marker', '##|'],
    ['before-block', 'Text.\n\n|## Title'],
    ['inside-word', 'Pour the wa|\u0301ter'],
  ])('%s: %j', async (kind, marked) => {
    const bar = marked.includes('¦') ? '¦' : '|';
    const cursor = marked.indexOf(bar);
    const session = new DocumentSession(model, marked.slice(0, cursor) + marked.slice(cursor + 1));
    const { completions, reason } = await session.complete(cursor);
    expect(completions).toEqual([]);
    expect(reason?.kind).toBe(kind);
    expect(reasonSentence(reason!)).toMatch(/^[A-Z].*\.$/);
  });

  it('end-of-text', async () => {
    expect((await completeAt(`${TOY_TEXT}|`)).reason).toEqual({ kind: 'end-of-text' });
  });

  it('low-confidence, with the figures', async () => {
    const own = new ToyModel({ sharpness: 0.3 });
    const { reason } = await completeAt(`${upTo('Pour the water over')}|`, { gate: 'quiet' }, own);
    expect(reason).toMatchObject({ kind: 'low-confidence', threshold: 0.5 });
    if (reason?.kind === 'low-confidence') expect(reason.confidence).toBeLessThan(0.5);
    expect(reasonSentence(reason!)).toMatch(/50 %/);
  });

  it('stops writing once nothing more would be shown', async () => {
    const steps = async (gate: GateLevel): Promise<number> => {
      const own = new ToyModel({ sharpness: 0.3 });
      let count = 0;
      own.onExtend = () => {
        count++;
      };
      await completeAt(`${upTo('Pour the water over')}|`, { gate }, own);
      return count;
    };
    expect(await steps('quiet')).toBeLessThan((await steps('open')) / 2);
  });

  it('but a pinned sentence is shown however sure the model is: the writer asked for it', async () => {
    const own = new ToyModel({ sharpness: 0.3 });
    const { completions } = await completeAt(`${upTo('Pour the water over')}|`, { gate: 'quiet', pins: [3] }, own);
    expect(completions[0]!.confidence).toBeLessThan(GATES.quiet);
  });

  it('repeats-suffix', async () => {
    expect((await completeAt(`${upTo('Pour the water')}| over the leaves slowly.`)).reason).toEqual({
      kind: 'repeats-suffix',
    });
    expect(
      (await completeAt(`${upTo('into the warm pot. ')}|\nPour the water over the leaves slowly.`)).reason,
    ).toEqual({
      kind: 'repeats-suffix',
    });
  });

  it('repeats-text: a whole sentence that was asked for, while unasked its first words are shown', async () => {
    const own = new ToyModel({ text: 'Pour the water over the leaves slowly. Wait. '.repeat(3) });
    const place = 'Pour the water over the leaves slowly. Wait. |';
    expect((await completeAt(place, {}, own)).reason).toEqual({ kind: 'repeats-text' });
    expect(await texts(place, { gate: 'eager' }, own)).toEqual(['Pour the water']);
  });

  it('but whoever asked gets another sentence, where the model has one: it is tried again, by chance and without the memory', async () => {
    const said = 'Pour the water over the leaves slowly. Wait. ';
    const own = new ToyModel({ text: `${said.repeat(3)}Drink the tea. Wait. ` });
    expect(await texts(`${said}|`, {}, own)).toEqual(['Drink the tea.']);
  });

  it('too-short', async () => {
    const own = new ToyModel({ text: 'Wait. Go on. '.repeat(4) });
    const { reason } = await completeAt('Wait. Go on. Wait. Go o|', { gate: 'balanced' }, own);
    expect(reason).toEqual({ kind: 'too-short' });
  });

  it('repeats-itself', async () => {
    const own = new ToyModel({ text: 'tea and tea and tea and tea and tea and' });
    expect((await completeAt('tea and tea and |', {}, own)).reason).toEqual({ kind: 'repeats-itself' });
  });

  it('only-whitespace', async () => {
    const own = new ToyModel({ text: 'A list ends here\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n' });
    expect((await completeAt('A list ends here|', { maxTokens: 6 }, own)).reason).toEqual({ kind: 'only-whitespace' });
  });

  it('new-paragraph', async () => {
    const own = new ToyModel({ text: 'It ends here.\n\nMore is said. ' });
    expect((await completeAt('It ends here.|\n\nOther.', {}, own)).reason).toEqual({ kind: 'new-paragraph' });
  });

  it('open-syntax', async () => {
    const own = new ToyModel({ text: 'He said **that it is not so good. ' });
    expect((await completeAt('He said |', {}, own)).reason).toEqual({ kind: 'open-syntax' });
  });
});
