import { describe, expect, it } from 'vitest';
import { ops, tensor, type CpuTensor, type DType, type Value } from '../../../../src/graph';
import { floatTensor, noise } from '../support';
import { same } from './support';

const sizeOf = (dims: readonly number[]): number => dims.reduce((size, dim) => size * dim, 1);

function integers(dims: readonly number[], seed: number, range = 9): CpuTensor {
  return tensor(
    'int32',
    Int32Array.from(noise(sizeOf(dims), seed), (value) => Math.round(value * range)),
    dims,
  );
}

function bools(dims: readonly number[], seed: number): CpuTensor {
  return tensor(
    'bool',
    Uint8Array.from(noise(sizeOf(dims), seed), (value) => Number(value > 0)),
    dims,
  );
}

const floats = (dims: readonly number[], seed: number, from = -2, to = 2): CpuTensor =>
  floatTensor(
    noise(sizeOf(dims), seed).map((value) => from + ((value + 1) / 2) * (to - from)),
    dims,
  );

/** Shapes that broadcast, those of scalars and of nothing among them. */
const SHAPES: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[], []],
  [
    [3, 4],
    [3, 4],
  ],
  [[3, 4], [4]],
  [
    [2, 1, 4],
    [3, 1],
  ],
  [[], [2, 3]],
  [[1], [2, 1, 1, 2]],
  [[0, 3], [3]],
];

describe('of two operands', () => {
  const arithmetic = ['add', 'sub', 'mul', 'div', 'min', 'max'] as const;
  const comparison = ['equal', 'less', 'greaterOrEqual'] as const;

  it.each(SHAPES)('[%j] and [%j]', async (one, other) => {
    const feeds = { a: floats(one, 1), b: floats(other, 2) };
    await same(feeds, ({ a, b }) => [...arithmetic, ...comparison].map((name) => ops[name](a!, b!)));
  });

  it.each(SHAPES)('integers [%j] and [%j]', async (one, other) => {
    const divisor = integers(other, 2);
    const feeds = {
      a: integers(one, 1, 40),
      b: tensor(
        'int32',
        Int32Array.from(divisor.data as Int32Array, (value) => value || 7),
        other,
      ),
    };
    await same(feeds, ({ a, b }) =>
      [...arithmetic, ...comparison].flatMap((name) => {
        const [wideA, wideB] = [ops.cast(a!, 'int64'), ops.cast(b!, 'int64')];
        return [ops[name](a!, b!), ops[name](wideA, wideB)];
      }),
    );
  });

  it.each(SHAPES)('bools [%j] and [%j]', async (one, other) => {
    const feeds = { a: bools(one, 1), b: bools(other, 2) };
    await same(feeds, ({ a, b }) => [ops.and(a!, b!), ops.equal(a!, b!), ops.not(a!)]);
  });

  it.each(SHAPES)('powers [%j] and [%j]', async (one, other) => {
    await same({ a: floats(one, 1, 0.01, 3), b: floats(other, 2) }, ({ a, b }) => ops.pow(a!, b!));
    await same({ a: floats(one, 3) }, ({ a }) => [ops.pow(a!, 2), ops.pow(a!, -1), ops.pow(a!, 0)]);
  });

  it('compares and divides at the edges as IEEE 754 says', async () => {
    const a = floatTensor([0, -0, 1, -1, Infinity, NaN, 1], [7]);
    const b = floatTensor([0, 0, 0, 0, Infinity, 1, NaN], [7]);
    await same({ a, b }, (x) => [...arithmetic, ...comparison].map((name) => ops[name](x.a!, x.b!)));
  });
});

describe('of one operand', () => {
  const POSITIVE = ['sqrt', 'log', 'reciprocal'] as const;
  const ANY = ['exp', 'neg', 'abs', 'sigmoid', 'tanh', 'identity'] as const;

  it.each([[[]], [[5]], [[2, 3, 2]], [[0, 4]]])('%j', async (dims) => {
    await same({ x: floats(dims, 1, 0.01, 30) }, ({ x }) => POSITIVE.map((name) => ops[name](x!)));
    await same({ x: floats(dims, 2, -30, 30) }, ({ x }) => ANY.map((name) => ops[name](x!)));
    await same({ x: integers(dims, 3) }, ({ x }) => [ops.neg(x!), ops.abs(x!), ops.identity(x!)]);
  });

  it('has the limits of what is far out', async () => {
    const x = floatTensor([-1e4, -100, -0, 0, 100, 1e4, Infinity, -Infinity], [8]);
    await same({ x }, ({ x }) => [...ANY, 'log' as const, 'sqrt' as const].map((name) => ops[name](x!)));
  });
});

describe('where', () => {
  it.each([
    [
      [2, 3],
      [2, 3],
      [2, 3],
    ],
    [[3], [2, 3], []],
    [[2, 1], [], [3]],
    [[], [2, 1, 2], [3, 1]],
    [[1], [0, 3], [3]],
  ])('%j ? %j : %j', async (condition, a, b) => {
    const feeds = {
      condition: bools(condition, 1),
      a: floats(a, 2),
      b: floats(b, 3),
      i: integers(a, 4),
      j: integers(b, 5),
    };
    await same(feeds, (x) => [ops.where(x.condition!, x.a!, x.b!), ops.where(x.condition!, x.i!, x.j!)]);
  });

  it('keeps what is not chosen out, be it no number', async () => {
    const feeds = { x: floatTensor([-1, 0, 4], [3]) };
    const got = await same(feeds, ({ x }) => ops.where(ops.less(0, x!), ops.log(x!), 0));
    expect((got.get('result0') as CpuTensor).data[0]).toBe(0);
  });

  it('takes numbers', async () => {
    await same({ x: floats([4], 1) }, ({ x }) => ops.where(ops.less(x!, 0), x!, 3));
  });
});

describe('cast', () => {
  const held: readonly Exclude<DType, 'float16' | 'int8' | 'uint8'>[] = ['float32', 'int32', 'int64', 'bool'];
  const all = (x: Value): Value[] => held.filter((to) => to !== x.dtype).map((to) => ops.cast(x, to));

  it('drops fractions towards 0, and makes every other number than 0 true', async () => {
    await same({ x: floatTensor([-2.9, -0.4, 0, 0.4, 1, 2.9, 16777216], [7]) }, ({ x }) => all(x!));
    await same({ x: tensor('int32', Int32Array.of(-7, 0, 1, 2 ** 31 - 1), [4]) }, ({ x }) => all(x!));
    await same({ x: tensor('int64', BigInt64Array.of(-7n, 0n, 1n, 9n), [4]) }, ({ x }) => all(x!));
    await same({ x: tensor('bool', Uint8Array.of(1, 0), [2]) }, ({ x }) => all(x!));
  });
});
