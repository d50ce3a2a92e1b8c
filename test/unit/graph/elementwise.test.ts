import { describe, expect, it } from 'vitest';
import { GraphBuilder, ops, tensor, type Value } from '../../../src/graph';
import { compute, distance, floatTensor, numbers, listed } from './support';

const A = [-2, -0.5, 0.25, 3];
const POSITIVE = [0.1, 1, 2.5, 40];

describe('of one operand', () => {
  const cases: readonly [string, (x: Value) => Value, (x: number) => number, readonly number[]][] = [
    ['sqrt', ops.sqrt, Math.sqrt, POSITIVE],
    ['exp', ops.exp, Math.exp, A],
    ['log', ops.log, Math.log, POSITIVE],
    ['neg', ops.neg, (x) => -x, A],
    ['abs', ops.abs, Math.abs, A],
    ['sigmoid', ops.sigmoid, (x) => 1 / (1 + Math.exp(-x)), A],
    ['tanh', ops.tanh, Math.tanh, A],
    ['reciprocal', ops.reciprocal, (x) => 1 / x, A],
    ['identity', ops.identity, (x) => x, A],
  ];
  it.each(cases)('%s', async (_, op, reference, x) => {
    const got = await numbers({ x: floatTensor(x, [2, 2]) }, (inputs) => op(inputs.x!), { x: ['M', 2] });
    const wanted = x.map(reference);
    expect(distance(got, wanted)).toBeLessThan(1e-5 * Math.max(1, ...wanted.map(Math.abs)));
  });
});

describe('of two operands', () => {
  const cases: readonly [string, (a: Value, b: Value) => Value, (a: number, b: number) => number][] = [
    ['add', ops.add, (a, b) => a + b],
    ['sub', ops.sub, (a, b) => a - b],
    ['mul', ops.mul, (a, b) => a * b],
    ['div', ops.div, (a, b) => a / b],
    ['pow', ops.pow, (a, b) => a ** b],
    ['min', ops.min, Math.min],
    ['max', ops.max, Math.max],
    ['equal', ops.equal, (a, b) => Number(a === b)],
    ['less', ops.less, (a, b) => Number(a < b)],
    ['greaterOrEqual', ops.greaterOrEqual, (a, b) => Number(a >= b)],
  ];
  it.each(cases)('%s, broadcast', async (_, op, reference) => {
    const [a, b] = [
      [0.5, 2, 3],
      [1, 2, 0.5],
    ];
    const feeds = { a: floatTensor(a, [3, 1]), b: floatTensor(b, [1, 3]) };
    const got = await numbers(feeds, (inputs) => op(inputs.a!, inputs.b!), { a: ['M', 1] });
    expect(
      distance(
        got,
        a.flatMap((x) => b.map((y) => reference(x, y))),
      ),
    ).toBeLessThan(1e-5);
  });

  it('take numbers as scalars on either side', async () => {
    const feeds = { x: floatTensor([1, 2, 4], [3]) };
    expect(await numbers(feeds, ({ x }) => ops.sub(1, ops.div(ops.mul(x!, 3), 2)))).toEqual([-0.5, -2, -5]);
    const whole = { x: tensor('int64', BigInt64Array.of(5n, -7n), [2]) };
    expect(await numbers(whole, ({ x }) => ops.add(x!, 2))).toEqual([7, -5]);
  });

  it('share a scalar that is used twice', () => {
    const builder = new GraphBuilder('scalars');
    const x = builder.input('x', 'float32', [2]);
    builder.output('y', ops.add(ops.add(x, 2), ops.mul(x, 2)));
    expect(builder.build().constants).toHaveLength(1);
  });
});

describe('of truth values', () => {
  const bools = (values: readonly number[]) => tensor('bool', Uint8Array.from(values), [values.length]);

  it('and, not', async () => {
    const feeds = { a: bools([0, 0, 1, 1]), b: bools([0, 1, 0, 1]) };
    expect(await numbers(feeds, ({ a, b }) => ops.and(a!, b!))).toEqual([0, 0, 0, 1]);
    expect(await numbers({ a: feeds.a }, ({ a }) => ops.not(a!))).toEqual([1, 1, 0, 0]);
  });

  it('where chooses element by element and broadcasts all three', async () => {
    const feeds = { c: bools([1, 0, 1]), a: floatTensor([1, 2], [2, 1]) };
    expect(await numbers(feeds, ({ c, a }) => ops.where(c!, a!, -1))).toEqual([1, -1, 1, 2, -1, 2]);
  });
});

describe('cast', () => {
  it('drops fractions, and makes truth values of numbers', async () => {
    const feeds = { x: floatTensor([-1.9, 0, 2.7], [3]) };
    const [whole, truth] = await compute(feeds, ({ x }) => [ops.cast(x!, 'int32'), ops.cast(x!, 'bool')]);
    expect(whole!.result.data).toEqual(Int32Array.of(-1, 0, 2));
    expect(listed(truth)).toEqual([1, 0, 1]);
  });

  it('to half precision gives its bits, and back', async () => {
    const feeds = { x: floatTensor([1, -2, 0.1], [3]) };
    const [half, back] = await compute(feeds, ({ x }) => {
      const bits = ops.cast(x!, 'float16');
      return [bits, ops.cast(bits, 'float32')];
    });
    expect(half!.result.dtype).toBe('float16');
    expect(listed(half)).toEqual([0x3c00, 0xc000, 0x2e66]);
    expect(distance(back!.result.data as Float32Array, [1, -2, 0.1])).toBeLessThan(1e-4);
  });

  it('to the same type adds no node', () => {
    const builder = new GraphBuilder('cast');
    const x = builder.input('x', 'float32', [2]);
    expect(ops.cast(x, 'float32')).toBe(x);
  });
});

describe('errors name the operation and the shapes', () => {
  const builder = new GraphBuilder('errors');
  const a = builder.input('a', 'float32', ['T', 4]);
  const b = builder.input('b', 'float32', [3]);
  const i = builder.input('i', 'int64', ['T', 4]);
  it.each([
    [() => ops.add(a, b), 'Add(float32 [T, 4], float32 [3]): shapes do not broadcast.'],
    [() => ops.mul(a, i), 'Mul(float32 [T, 4], int64 [T, 4]): operands must have the same element type.'],
    [() => ops.exp(i), 'Exp(int64 [T, 4]): needs float32 or float16.'],
    [() => ops.where(a, a, a), 'Where(float32 [T, 4]): needs bool.'],
    [() => ops.add(1, 2), 'Add: at least one operand must be a value of a graph.'],
    [() => ops.add(a, new GraphBuilder('other').input('c', 'float32', [4])), 'Add: c belongs to another graph.'],
  ])('%#', (build, message) => {
    expect(build).toThrow(message);
  });
});
