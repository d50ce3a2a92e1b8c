import { describe, expect, it } from 'vitest';
import { acceptance, modelSuggester, replayKeystrokes, type Replay } from '../../../src/writing/keystrokes';
import { ToyModel } from '../support/toyModel';
import { TOY_TEXT } from '../support/toyText';

describe('accepting a suggestion', () => {
  it('costs one key for all of it', () => {
    expect(acceptance(' the leaves slowly.', ' the leaves slowly. Wait')).toEqual({ keys: 1, characters: 19 });
  });

  it('costs a key a word for its beginning', () => {
    expect(acceptance(' the leaves quickly.', ' the leaves slowly.')).toEqual({ keys: 2, characters: 11 });
  });

  it('is not done for a stump, a wrong word, or nothing saved', () => {
    expect(acceptance(' cat', ' category')).toBeUndefined();
    expect(acceptance(' dog', ' cat')).toBeUndefined();
    expect(acceptance('a', 'a b')).toBeUndefined();
    expect(acceptance('', 'a')).toBeUndefined();
  });
});

describe('the keystroke replay', () => {
  it('saves most keys with a model that knows the text, and none with one that offers nothing', async () => {
    const knowing = await replayKeystrokes(TOY_TEXT, modelSuggester(new ToyModel(), { gate: 'balanced' }), {
      spans: 4,
    });
    expect(knowing.keysWithout).toBeGreaterThan(80);
    expect(knowing.keysWith).toBeLessThan(0.5 * knowing.keysWithout);
    expect(knowing.accepted / knowing.shown).toBeGreaterThan(0.4);
    const silent = modelSuggester(new ToyModel({ text: 'q' }), { gate: 'quiet', memory: false });
    const blank = await replayKeystrokes(TOY_TEXT, silent, { spans: 2 });
    expect(blank.keysWith).toBe(blank.keysWithout);
    expect(blank.shown).toBe(0);
  });

  it('types every character once without suggestions, whatever is sampled', async () => {
    const replay = (): Promise<Replay> =>
      replayKeystrokes(TOY_TEXT, modelSuggester(new ToyModel(), { gate: 'quiet' }), { spans: 2, seed: 5 });
    expect(await replay()).toEqual(await replay());
  });
});
