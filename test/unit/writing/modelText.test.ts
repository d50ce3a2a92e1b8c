import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { difference, looksBinary, ModelText } from '../../../src/writing/modelText';

/** Text full of what is hard: line breaks of all kinds, halves of surrogate pairs. */
const hardText = fc
  .array(fc.constantFrom('a', 'b', '\r', '\n', '\r\n', '\uD83D', '\uDE00', '😀', ' '), { maxLength: 30 })
  .map((parts) => parts.join(''));

describe('a document as the model reads it', () => {
  it('has \\n for every line break and no lone surrogates', () => {
    const read = ModelText.of('a\r\nb\rc\n\uD83Dd');
    expect(read.text).toBe('a\nb\nc\n\uFFFDd');
  });

  it('maps positions both ways', () => {
    const read = ModelText.of('a\r\nb\r\nc');
    expect([0, 1, 2, 3, 4].map((offset) => read.toOriginal(offset))).toEqual([0, 1, 3, 4, 6]);
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((offset) => read.toModel(offset))).toEqual([0, 1, 1, 2, 3, 3, 4, 5]);
  });

  it('knows which line break is used most', () => {
    expect(ModelText.of('a\r\nb\r\nc\n').newline).toBe('\r\n');
    expect(ModelText.of('a\r\nb\nc\n').newline).toBe('\n');
    expect(ModelText.of('').newline).toBe('\n');
  });

  it('keeps every character in its place', () => {
    fc.assert(
      fc.property(hardText, (text) => {
        const read = ModelText.of(text);
        expect(read.text).not.toMatch(/\r|\p{Surrogate}/u);
        expect(read.toOriginal(read.text.length)).toBe(text.length);
        for (let at = 0; at <= read.text.length; at++) {
          expect(read.toModel(read.toOriginal(at))).toBe(at);
          const own = text[read.toOriginal(at)];
          if (own !== undefined && /[ab ]/.test(own)) expect(read.text[at]).toBe(own);
        }
      }),
    );
  });

  it('is the same after an edit as read anew, and names the change', () => {
    fc.assert(
      fc.property(hardText, hardText, fc.nat(), fc.nat(), (text, replacement, a, b) => {
        const [start, end] = [a % (text.length + 1), b % (text.length + 1)].sort((x, y) => x - y) as [number, number];
        const before = ModelText.of(text);
        const { next, change } = before.edit(start, end, replacement);
        const fresh = ModelText.of(text.slice(0, start) + replacement + text.slice(end));
        expect(next).toEqual(fresh);
        expect(before.text.slice(0, change.start) + change.text + before.text.slice(change.end)).toBe(fresh.text);
      }),
      { numRuns: 500 },
    );
  });
});

describe('difference', () => {
  it('is the smallest edit', () => {
    expect(difference('one two three', 'one 2 three')).toEqual({ start: 4, end: 7, text: '2' });
    expect(difference('aa', 'aaa')).toEqual({ start: 2, end: 2, text: 'a' });
    expect(difference('same', 'same')).toEqual({ start: 4, end: 4, text: '' });
  });
});

describe('looksBinary', () => {
  it('tells text from bytes', () => {
    expect(looksBinary('a\0b')).toBe(true);
    expect(looksBinary('\uFFFD\u0001'.repeat(20))).toBe(true);
    expect(looksBinary('One \uFFFD damaged letter.\r\n\tTabs and\fpages are text.')).toBe(false);
    expect(looksBinary('')).toBe(false);
  });
});
