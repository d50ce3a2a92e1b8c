import { describe, expect, it } from 'vitest';
import { confidenceOf, confidentLength } from '../../../src/writing/gate';

const token = (end: number, probability: number) => ({ end, probability });

describe('confidence', () => {
  it('is the geometric mean over the tokens shown', () => {
    const tokens = [token(3, 0.5), token(6, 0.125), token(9, 0.9)];
    expect(confidenceOf(tokens, 6)).toBeCloseTo(0.25, 9);
    expect(confidenceOf(tokens, 4)).toBeCloseTo(0.25, 9);
    expect(confidenceOf(tokens, 3)).toBeCloseTo(0.5, 9);
  });

  it('leaves out tokens that only spell what was typed', () => {
    expect(confidenceOf([token(0, 0.001), token(4, 0.5)], 4)).toBeCloseTo(0.5, 9);
    expect(confidenceOf([], 0)).toBe(0);
  });
});

describe('the gate', () => {
  const text = 'very good tea';
  const tokens = [token(4, 0.9), token(9, 0.8), token(13, 0.01)];

  it('shows all of it, the sure beginning of it, or nothing', () => {
    expect(confidentLength(text, tokens, 0)).toBe(13);
    expect(text.slice(0, confidentLength(text, tokens, 0.6))).toBe('very good');
    expect(text.slice(0, confidentLength(text, tokens, 0.87))).toBe('very');
    expect(confidentLength(text, tokens, 0.95)).toBe(0);
  });

  it('shows no stump of a word or two letters', () => {
    expect(confidentLength('an', [token(1, 0.9), token(2, 0.1)], 0.5)).toBe(0);
    expect(confidentLength('as is', [token(2, 0.9), token(5, 0.01)], 0.5)).toBe(0);
  });
});
