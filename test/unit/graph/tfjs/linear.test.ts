import { describe, expect, it } from 'vitest';
import { ops } from '../../../../src/graph';
import { floatTensor, noise } from '../support';
import { same } from './support';

const random = (dims: readonly number[], seed: number) =>
  floatTensor(
    noise(
      dims.reduce((size, dim) => size * dim, 1),
      seed,
    ),
    dims,
  );

describe('matmul', () => {
  it.each([
    [
      [3, 4],
      [4, 5],
    ],
    [
      [2, 3, 4],
      [2, 4, 5],
    ],
    [
      [2, 3, 4],
      [4, 5],
    ],
    [
      [3, 4],
      [2, 4, 5],
    ],
    [
      [2, 3, 4],
      [1, 4, 5],
    ],
    [
      [2, 1, 3, 4],
      [3, 4, 2],
    ],
    [
      [2, 1, 3, 4],
      [1, 3, 4, 2],
    ],
    [
      [1, 2, 3, 4],
      [3, 1, 4, 2],
    ],
    [
      [1, 1, 4],
      [3, 2, 4, 5],
    ],
    [
      [70, 130],
      [130, 65],
    ],
    [
      [0, 4],
      [4, 5],
    ],
    [
      [3, 0],
      [0, 5],
    ],
    [
      [2, 0, 4],
      [2, 4, 5],
    ],
  ])('%j × %j', async (a, b) => {
    await same({ a: random(a, 1), b: random(b, 2) }, (x) => ops.matmul(x.a!, x.b!));
  });
});

describe('gemm', () => {
  const [m, k, n] = [3, 4, 2];
  it.each([
    { transA: false, transB: false },
    { transA: false, transB: true },
    { transA: true, transB: false },
    { transA: true, transB: true },
  ])('with $transA, $transB', async ({ transA, transB }) => {
    for (const c of [[m, n], [n], [1, n], [m, 1], []]) {
      const feeds = { a: random(transA ? [k, m] : [m, k], 3), b: random(transB ? [n, k] : [k, n], 4), c: random(c, 5) };
      const got = await same(feeds, (x) => [
        ops.gemm(x.a!, x.b!, x.c, { transA, transB, alpha: 0.5, beta: -2 }),
        ops.gemm(x.a!, x.b!, x.c, { transA, transB }),
        ops.gemm(x.a!, x.b!, undefined, { transA, transB, alpha: 3 }),
        ops.gemm(x.a!, x.b!, undefined, { transA, transB }),
      ]);
      expect(got.size).toBe(4);
    }
  });
});
