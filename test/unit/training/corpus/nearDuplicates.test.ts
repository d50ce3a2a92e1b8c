import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NearDuplicates } from '../../../../src/training/corpus/nearDuplicates';
import { prose } from './folders';

/** Whether b is held to be nearly a. */
function near(a: string, b: string): boolean {
  const found = new NearDuplicates();
  return found.seen(a) || found.seen(b);
}

/** Jaccard similarity of six-word shingles, computed in full. */
function jaccard(a: string, b: string): number {
  const shingles = (text: string): Set<string> => {
    const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
    return new Set(words.slice(0, Math.max(1, words.length - 5)).map((_, i) => words.slice(i, i + 6).join(' ')));
  };
  const [x, y] = [shingles(a), shingles(b)];
  const both = [...x].filter((shingle) => y.has(shingle)).length;
  return both / (x.size + y.size - both);
}

describe('nearly the same', () => {
  it('is a text with a few words changed, with other marks or in capitals', () => {
    const text = prose(1, 60);
    expect(near(text, text)).toBe(true);
    expect(near(text, text.toUpperCase())).toBe(true);
    expect(near(text, text.replaceAll(' ', '\n> ').replaceAll('.', ' – '))).toBe(true);
    expect(near(text, `${text} ${prose(2, 3)}`)).toBe(true);
  });

  it('is not a text about the same, or half of it', () => {
    expect(near(prose(1, 40), prose(2, 40))).toBe(false);
    expect(near(prose(1, 40), `${prose(1, 20)} ${prose(2, 40)}`)).toBe(false);
  });

  it.each([
    [22, 3, true],
    [45, 8, false],
    [45, 6, true],
  ])('of %d words is one of which the last %d differ: %s', (count, differing, isNear) => {
    const words = Array.from({ length: count }, (_, i) => `w${i}`);
    const other = words.map((word, i) => (i < count - differing ? word : `x${i}`));
    const [a, b] = [words.join(' '), other.join(' ')];
    // From 0.7 on: exactly that, 0.67 and 0.74.
    expect(jaccard(a, b) >= 0.7).toBe(isNear);
    expect(near(a, b)).toBe(isNear);
  });

  it('is exact for short texts, and close to the true similarity for long ones', () => {
    let wrong = 0;
    for (let i = 0; i < 60; i++) {
      const text = prose(i, 4);
      const other = text.replace(/tea|leaf|stone|paper/, 'drum');
      expect(near(text, other)).toBe(jaccard(text, other) >= 0.7);
      const long = prose(i, 80).split(' ');
      // Every nth word changed.
      const changed = long.map((word, at) => (at % (20 + 2 * i) === 7 ? `x${word}` : word)).join(' ');
      const truth = jaccard(long.join(' '), changed);
      if (Math.abs(truth - 0.7) > 0.2 && near(long.join(' '), changed) !== truth >= 0.7) wrong++;
    }
    expect(wrong).toBe(0);
  });

  it('works in scripts without spaces', () => {
    const text = '今日はお茶を飲みながら庭の花を眺めていました。とても静かな朝でした。鳥の声が遠くから聞こえてきます。';
    expect(near(text, text.replace('朝', '夜').replace('花', '木').replace('鳥', '犬'))).toBe(false);
    expect(near(text.repeat(1) + text.slice(3), text + text.slice(2))).toBe(true);
    expect(
      near(text, '昨日は雨が降っていたので、家の中で古い本を読みました。窓の外では風が木の葉を揺らしていました。'),
    ).toBe(false);
  });

  it('is what a text is to itself, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(near(text, text)).toBe(true);
      }),
    );
  });
});
