import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confidenceOf, confidentLength, GATES, probabilityOfText } from '../../../src/writing/gate';

const token = (end: number, probability: number) => ({ end, probability });

describe('confidence', () => {
  it('is how probable it is that the first word is right: the product over its tokens', () => {
    const tokens = [token(3, 0.5), token(6, 0.5), token(9, 0.125)];
    expect(confidenceOf('teapot is', tokens)).toBeCloseTo(0.25, 9);
    expect(confidenceOf(' tea pot', tokens)).toBeCloseTo(0.25, 9);
    expect(probabilityOfText(tokens, 9)).toBeCloseTo(0.03125, 9);
    expect(confidenceOf('  ', tokens)).toBe(0);
    // A comma is no word.
    expect(confidenceOf(', but', [token(2, 0.9), token(5, 0.5)])).toBeCloseTo(0.45, 9);
  });

  it('leaves out tokens that only spell what was typed', () => {
    expect(confidenceOf('warm', [token(0, 0.001), token(4, 0.5)])).toBeCloseTo(0.5, 9);
  });

  it('counts all tokens of a character', () => {
    expect(confidenceOf('a🙂', [token(1, 0.5), token(1, 0.5), token(1, 0.5), token(3, 0.5)])).toBeCloseTo(0.0625, 9);
  });
});

describe('the gate', () => {
  const text = 'very good tea';
  const tokens = [token(4, 0.9), token(9, 0.2), token(13, 0.5)];

  it('shows all of it, the sure beginning of it, or nothing', () => {
    const shown = (threshold: number): string => text.slice(0, confidentLength(text, tokens, threshold));
    expect(shown(0)).toBe(text);
    expect(shown(0.4)).toBe(text);
    expect(shown(0.5)).toBe('very good');
    expect(shown(0.9)).toBe('very good');
    expect(shown(0.91)).toBe('');
    expect(confidentLength('very good tea\n', tokens, 0.4)).toBe(14);
  });

  it('shows no stump of a letter or two', () => {
    expect(confidentLength('an', [token(1, 0.9), token(2, 0.9)], 0.5)).toBe(0);
    expect(confidentLength('as is', [token(2, 0.9), token(5, 0.01)], 0.5)).toBe(0);
  });

  it('shows less the quieter it is', () => {
    const probabilities = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(probabilities, (values) => {
        const words = 'first then some more words';
        const ends = [5, 10, 15, 20, 26];
        const scored = values.map((probability, i) => token(ends[i]!, probability));
        const lengths = [GATES.open, GATES.eager, GATES.balanced, GATES.quiet].map((threshold) =>
          confidentLength(words, scored, threshold),
        );
        expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
      }),
    );
  });
});
