import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draw } from '../../../../src/training/corpus/draw';
import { splitOf } from '../../../../src/training/corpus/split';

const names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 60 });
const fraction = fc.double({ min: 0.01, max: 0.99, noNaN: true });

describe('train and held-out', () => {
  it('both have a document where there are two', () => {
    fc.assert(
      fc.property(names, fraction, fc.integer(), (list, share, seed) => {
        expect(new Set(splitOf(list, share, seed))).toEqual(new Set(['train', 'heldOut']));
      }),
    );
    expect(splitOf([], 0.1, 1)).toEqual([]);
    expect(splitOf(['a', 'b'], 0, 1)).toEqual(['train', 'train']);
    expect(() => splitOf(['a'], 1.5, 1)).toThrow(RangeError);
  });

  it('are the same in whatever order the documents come', () => {
    fc.assert(
      fc.property(names, fraction, fc.integer(), (list, share, seed) => {
        expect(splitOf(list.toReversed(), share, seed)).toEqual(splitOf(list, share, seed).toReversed());
      }),
    );
    expect(splitOf(['a', 'b', 'c'], 1, 1)).toEqual(splitOf(['c', 'b', 'a'], 1, 1).toReversed());
  });

  it('stay as they are when documents are added, but for the one that stood in', () => {
    fc.assert(
      fc.property(
        names,
        fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 20 }),
        fraction,
        fc.integer(),
        (list, more, share, seed) => {
          const added = more.filter((name) => !list.includes(name));
          const before = splitOf(list, share, seed);
          const after = splitOf([...added, ...list], share, seed).slice(added.length);
          const moved = list.filter((_, i) => before[i] !== after[i]);
          const isStandIn = (i: number): boolean => draw('split', seed, list[i]!) < share !== (before[i] === 'heldOut');
          expect(moved.every((name) => isStandIn(list.indexOf(name)))).toBe(true);
          expect(moved.length).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('hold out what no model has seen, as long as there is any, and what was seen by no other draw', () => {
    const marked = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1 }), fc.boolean()), {
      minLength: 2,
      maxLength: 60,
      selector: ([name]) => name,
    });
    fc.assert(
      fc.property(marked, fraction, fc.integer(), (list, share, seed) => {
        const all = list.map(([name]) => name);
        const seen = list.map(([, flag]) => flag);
        const plain = splitOf(all, share, seed);
        const split = splitOf(all, share, seed, seen);
        expect(new Set(split)).toEqual(new Set(['train', 'heldOut']));
        if (!seen.includes(false)) {
          expect(split).toEqual(plain);
          return;
        }
        const isHeld = (i: number): boolean => split[i] === 'heldOut';
        const draws = all.map((name) => draw('split', seed, name));
        expect(seen.some((flag, i) => flag && isHeld(i))).toBe(false);
        const fresh = all.map((_, i) => i).filter((i) => !seen[i]!);
        const drawn = fresh.filter((i) => draws[i]! < share);
        const lowest = fresh.reduce((best, i) => (draws[i]! < draws[best]! ? i : best));
        if (drawn.length === 0) expect(fresh.filter(isHeld)).toEqual([lowest]);
        else if (drawn.length < all.length) expect(fresh.filter(isHeld)).toEqual(drawn);
        else expect(split).toEqual(plain);
      }),
    );
  });

  it('do not depend on order, depend on the seed, and come near the share', () => {
    const list = Array.from({ length: 2000 }, (_, i) => `notes/${i}.md`);
    const split = splitOf(list, 0.1, 1);
    expect(splitOf([...list].reverse(), 0.1, 1).reverse()).toEqual(split);
    expect(splitOf(list, 0.1, 2)).not.toEqual(split);
    const few = ['a.md', 'b.md', 'c.md'];
    expect(splitOf([...few].reverse(), 0.001, 1).reverse()).toEqual(splitOf(few, 0.001, 1));
    const held = split.filter((each) => each === 'heldOut').length;
    expect(held).toBeGreaterThan(160);
    expect(held).toBeLessThan(240);
  });
});

it('draws are even, and differ where any name does', () => {
  const draws = Array.from({ length: 5000 }, (_, i) => draw('a', i));
  expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...draws)).toBeLessThan(1);
  expect(draws.reduce((sum, value) => sum + value, 0) / 5000).toBeCloseTo(0.5, 1);
  expect(new Set([draw('a', 1), draw('a', 2), draw('b', 1), draw(1, 'a'), draw('a1'), draw('a', 1, '')]).size).toBe(6);
});
