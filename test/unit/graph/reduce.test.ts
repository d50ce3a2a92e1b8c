import { describe, expect, it } from 'vitest';
import { GraphBuilder, ops } from '../../../src/graph';
import { compute, distance, floatTensor, numbers } from './support';

const X = [1, -2, 3, 4, 0.5, 3];

describe('reductions', () => {
  it.each([
    ['reduceSum', ops.reduceSum, [2, 7.5], [5, -1.5, 6]],
    ['reduceMean', ops.reduceMean, [2 / 3, 2.5], [2.5, -0.75, 3]],
    ['reduceMax', ops.reduceMax, [3, 4], [4, 0.5, 3]],
  ] as const)('%s over either axis', async (_, op, rows, columns) => {
    const feeds = { x: floatTensor(X, [2, 3]) };
    const [kept, dropped] = await compute(feeds, ({ x }) => [op(x!, [-1]), op(x!, [0], false)], { x: ['T', 3] });
    expect(kept!.value.shape).toEqual(['T', 1]);
    expect(dropped!.value.shape).toEqual([3]);
    expect(distance(kept!.result.data as Float32Array, rows)).toBeLessThan(1e-6);
    expect(distance(dropped!.result.data as Float32Array, columns)).toBeLessThan(1e-6);
  });

  it('over no axis leave all as it is', () => {
    const x = new GraphBuilder('none').input('x', 'float32', ['T', 3]);
    for (const op of [ops.reduceSum, ops.reduceMean, ops.reduceMax]) {
      expect(op(x, [])).toBe(x);
      expect(op(x, [], false)).toBe(x);
    }
  });

  it('over several axes', async () => {
    expect(await numbers({ x: floatTensor(X, [2, 3, 1]) }, ({ x }) => ops.reduceSum(x!, [0, 1], false))).toEqual([9.5]);
  });
});

describe('simplifiedLayerNormalization', () => {
  it('divides each row by the root of its mean square, and scales', async () => {
    const feeds = { x: floatTensor(X, [2, 3]), scale: floatTensor([1, 2, -1], [3]) };
    const [computed] = await compute(feeds, ({ x, scale }) => ops.simplifiedLayerNormalization(x!, scale!, 0.1), {
      x: ['T', 3],
    });
    expect(computed!.value.shape).toEqual(['T', 3]);
    const wanted = [0, 3].flatMap((from) => {
      const row = X.slice(from, from + 3);
      const root = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0) / 3 + 0.1);
      return row.map((value, i) => (value / root) * [1, 2, -1][i]!);
    });
    expect(distance(computed!.result.data as Float32Array, wanted)).toBeLessThan(1e-6);
  });

  it('refuses a scale of another size', () => {
    const builder = new GraphBuilder('norm');
    const [x, scale] = [builder.input('x', 'float32', ['T', 3]), builder.input('scale', 'float32', [1, 3])];
    expect(() => ops.simplifiedLayerNormalization(x, scale, 1e-5)).toThrow('one number for each of the last axis');
  });
});

describe('softmax', () => {
  const wanted = [0, 1].flatMap((row) => {
    const exps = X.slice(row * 3, row * 3 + 3).map(Math.exp);
    return exps.map((value) => value / exps.reduce((a, b) => a + b));
  });

  it('along the last axis, and its logarithm', async () => {
    const feeds = { x: floatTensor(X, [2, 3]) };
    const shapes = { x: ['T', 3] };
    expect(distance(await numbers(feeds, ({ x }) => ops.softmax(x!), shapes), wanted)).toBeLessThan(1e-6);
    const logs = await numbers(feeds, ({ x }) => ops.logSoftmax(x!), shapes);
    expect(distance(logs, wanted.map(Math.log))).toBeLessThan(1e-6);
  });

  it('along another axis', async () => {
    const got = await numbers({ x: floatTensor([0, 5, Math.log(3), 5], [2, 2]) }, ({ x }) => ops.softmax(x!, 0));
    expect(distance(got, [0.25, 0.5, 0.75, 0.5])).toBeLessThan(1e-6);
  });

  it('stays finite for large scores', async () => {
    const got = await numbers({ x: floatTensor([1e4, 0], [1, 2]) }, ({ x }) => ops.logSoftmax(x!));
    expect(got).toEqual([0, -1e4]);
  });
});

it('argMax gives the first of the largest', async () => {
  const feeds = { x: floatTensor([1, 5, 5, 7, 2, 7], [2, 3]) };
  const [flat, kept] = await compute(feeds, ({ x }) => [ops.argMax(x!), ops.argMax(x!, 0, true)], { x: ['T', 3] });
  expect(flat!.value).toMatchObject({ dtype: 'int64', shape: ['T'] });
  expect(flat!.result.data).toEqual(BigInt64Array.of(1n, 0n));
  expect(kept!.result.dims).toEqual([1, 3]);
  expect(kept!.result.data).toEqual(BigInt64Array.of(1n, 0n, 1n));
});

it('errors name the operation, the shapes and the axis', () => {
  const x = new GraphBuilder('errors').input('x', 'float32', ['T', 3]);
  expect(() => ops.reduceSum(x, [2])).toThrow('ReduceSum(float32 [T, 3]): has no axis 2.');
  expect(() => ops.reduceMax(x, [1, -1])).toThrow('ReduceMax(float32 [T, 3]): axes [1, -1] repeat.');
  expect(() => ops.softmax(ops.cast(x, 'int32'))).toThrow('Softmax(int32 [T, 3]): needs float32 or float16.');
});
