import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { broadcast, divide, evaluate, matches, multiply, sum } from '../../../src/graph/dims';
import type { Dim } from '../../../src/graph';

const NAMES = ['T', 'S', 'P'] as const;
const bindings = fc.record({ T: size(), S: size(), P: size() }).map((sizes) => new Map(Object.entries(sizes)));
const leaf: fc.Arbitrary<Dim> = fc.oneof(fc.constantFrom(...NAMES), fc.integer({ min: 1, max: 6 }));
/** Sizes as operations make them: names, numbers, and sums and products of those. */
const dim: fc.Arbitrary<Dim> = fc.oneof(
  leaf,
  fc.array(leaf, { minLength: 1, maxLength: 3 }).map(sum),
  fc.array(fc.oneof(leaf, fc.array(leaf, { minLength: 1, maxLength: 3 }).map(sum)), { maxLength: 3 }).map(multiply),
);
const dims = fc.array(dim, { maxLength: 4 });

function size(): fc.Arbitrary<number> {
  return fc.integer({ min: 1, max: 9 });
}

function numbersOf(list: readonly Dim[], bound: ReadonlyMap<string, number>): number[] {
  return list.map((one) => evaluate(one, bound)!);
}

describe('sizes that may be symbolic', () => {
  it('multiply and add as their numbers do', () => {
    fc.assert(
      fc.property(dims, bindings, (list, bound) => {
        const sizes = numbersOf(list, bound);
        expect(evaluate(multiply(list), bound)).toBe(sizes.reduce((a, b) => a * b, 1));
        expect(evaluate(sum(list), bound)).toBe(sizes.reduce((a, b) => a + b, 0));
      }),
    );
  });

  it('that are equal add up to a multiple', () => {
    expect(sum(['T', 'T', 2, 'T'])).toBe('3*T+2');
    expect(sum(['2*T', 'S', 'T'])).toBe(sum(['S', '3*T']));
    expect(sum(['T', 'T'])).toBe(multiply([2, 'T']));
  });

  it('are written alike in whatever order they come', () => {
    fc.assert(
      fc.property(dims, (list) => {
        expect(multiply([...list].reverse())).toBe(multiply(list));
        expect(sum([...list].reverse())).toBe(sum(list));
      }),
    );
  });

  it('divide what was multiplied', () => {
    fc.assert(
      fc.property(dims, dims, bindings, (a, b, bound) => {
        const quotient = divide([...a, ...b], b);
        expect(evaluate(quotient!, bound)).toBe(numbersOf(a, bound).reduce((x, y) => x * y, 1));
      }),
    );
  });

  it.each([
    [multiply([4, 'T', 2]), '8*T'],
    [multiply([sum(['T', 'P']), 3]), '3*(P+T)'],
    [sum(['T', 'P', 2, 1]), 'P+T+3'],
    [divide(['T', 320], [5, 64]), 'T'],
    [divide(['T', 6], [4]), undefined],
    [divide(['T'], ['S']), undefined],
    [multiply([]), 1],
  ])('%s', (got, wanted) => {
    expect(got).toBe(wanted);
  });
});

it('broadcast follows the sizes at run time', () => {
  fc.assert(
    fc.property(fc.array(size(), { maxLength: 3 }), fc.array(size(), { maxLength: 3 }), (a, b) => {
      const rank = Math.max(a.length, b.length);
      const aligned = (list: number[]): number[] => [...Array<number>(rank - list.length).fill(1), ...list];
      const pairs = aligned(a).map((x, i) => [x, aligned(b)[i]!] as const);
      const fits = pairs.every(([x, y]) => x === y || x === 1 || y === 1);
      expect(broadcast(a, b)).toEqual(fits ? pairs.map(([x, y]) => Math.max(x, y)) : undefined);
    }),
  );
  expect(broadcast(['T', 1, 4], ['S', 4])).toEqual(['T', 'S', 4]);
  expect(broadcast(['T'], ['S'])).toBeUndefined();
});

it('matches binds names to one size each and checks expressions of them', () => {
  expect(matches(['T', 4, 'T'], [3, 4, 3])).toBe(true);
  expect(matches(['T', 4, 'T'], [3, 4, 2])).toBe(false);
  expect(matches(['T', 'P', 'P+T'], [3, 2, 5])).toBe(true);
  expect(matches(['T', 'P', 'P+T'], [3, 2, 6])).toBe(false);
  expect(matches(['T'], [3, 1])).toBe(false);
  const bound = new Map([['T', 2]]);
  expect(matches(['2*T'], [4], bound)).toBe(true);
  expect(matches(['2*T'], [5], bound)).toBe(false);
});
