import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlockConfig } from '../../../src/model/config';
import { HeadMajorCache } from '../../../src/model/kvCache';

const CONFIG: BlockConfig = {
  hiddenSize: 8,
  intermediateSize: 8,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  headDim: 2,
  ropeTheta: 10_000,
  rmsNormEps: 1e-5,
  qkNorm: false,
};
const { layers, kvHeads, headDim } = CONFIG;
/** Several times the slots that a cache begins with, and no power of two. */
const CAPACITY = 700;

/** What stands for a token at one place of the cache: no two are the same. */
const valueOf = (token: number, layer: number, kind: number, head: number, dim: number): number =>
  (((token * layers + layer) * 2 + kind) * kvHeads + head) * headDim + dim;

/** The values of some tokens [layers, 2, kvHeads, T, headDim]. */
function stacked(tokens: readonly number[]): Float32Array {
  const values: number[] = [];
  for (let layer = 0; layer < layers; layer++)
    for (let kind = 0; kind < 2; kind++)
      for (let head = 0; head < kvHeads; head++)
        for (const token of tokens)
          for (let dim = 0; dim < headDim; dim++) values.push(valueOf(token, layer, kind, head, dim));
  return Float32Array.from(values);
}

/** The same of what a cache holds. */
function held(cache: HeadMajorCache): number[] {
  return Array.from({ length: layers }, (_, layer) =>
    [cache.keys, cache.values].flatMap((arrays) =>
      Array.from({ length: kvHeads }, (__, head) => {
        const start = head * cache.slots * headDim;
        return [...arrays[layer]!.subarray(start, start + cache.length * headDim)];
      }).flat(),
    ),
  ).flat();
}

const filled = (tokens: readonly number[], capacity = CAPACITY): HeadMajorCache => {
  const cache = new HeadMajorCache(CONFIG, capacity);
  cache.append(stacked(tokens), tokens.length);
  return cache;
};
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('a KV cache', () => {
  it('holds what was appended and not cut, however it grew', () => {
    const step = fc.record({ cut: fc.nat(20), add: fc.integer({ min: 1, max: 300 }) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 6 }), (steps) => {
        const cache = new HeadMajorCache(CONFIG, CAPACITY);
        let tokens: number[] = [];
        let next = 0;
        for (const { cut, add } of steps) {
          tokens = tokens.slice(0, Math.max(0, tokens.length - cut));
          cache.truncate(tokens.length);
          const added = Array.from({ length: Math.min(add, CAPACITY - tokens.length) }, () => next++);
          cache.append(stacked(added), added.length);
          tokens.push(...added);
          expect(cache.length).toBe(tokens.length);
          expect(cache.slots).toBeGreaterThanOrEqual(tokens.length);
          expect(cache.slots).toBeLessThanOrEqual(CAPACITY);
          expect(held(cache)).toEqual([...stacked(tokens)]);
        }
      }),
      { numRuns: 30, examples: [[[100, 100, 400, 100].map((add) => ({ cut: 0, add }))]] },
    );
  });

  it('takes no more than it has room for, and is then as it was', () => {
    const cache = filled(upTo(CAPACITY - 1));
    expect(() => cache.append(stacked([1, 2]), 2)).toThrow(RangeError);
    expect(held(cache)).toEqual([...stacked(upTo(CAPACITY - 1))]);
    cache.append(stacked([CAPACITY - 1]), 1);
    expect(held(cache)).toEqual([...stacked(upTo(CAPACITY))]);
    expect(() => cache.truncate(CAPACITY + 1)).toThrow(RangeError);
  });

  it('is copied with all that it holds, and goes on without the copy', () => {
    const cache = filled(upTo(150));
    const copy = filled([7], 200);
    copy.copyFrom(cache);
    expect(held(copy)).toEqual(held(cache));
    copy.truncate(100);
    copy.append(stacked([500, 501]), 2);
    expect(held(cache)).toEqual([...stacked(upTo(150))]);
    expect(held(copy)).toEqual([...stacked([...upTo(100), 500, 501])]);
    expect(() => filled([7], 149).copyFrom(cache)).toThrow(RangeError);
  });
});
