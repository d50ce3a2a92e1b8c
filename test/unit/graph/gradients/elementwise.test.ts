import { describe, expect, it } from 'vitest';
import { gradients, GraphBuilder, ops, tensor, type Value } from '../../../../src/graph';
import { floatTensor, noise } from '../support';
import { checkGradient, evaluated } from './support';

const PAIRS: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[2, 3], [2, 3]],
  [[2, 3], [3]],
  [[3], [2, 3]],
  [[2, 1, 3], [4, 1]],
  [[2, 3], []],
  [[], [2, 3]],
  [[1], [1, 1]],
  [[3, 1], [1, 3]],
]; // prettier-ignore

const size = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

/** Numbers in ±(0.5, 1.5), away from poles and kinks. */
const awayFromZero = (count: number, seed: number): Float32Array =>
  noise(count, seed).map((value) => (value < 0 ? value - 0.5 : value + 0.5));

const positive = (count: number, seed: number): Float32Array => noise(count, seed).map((value) => 1.25 + value / 2);

describe('of two operands, with broadcasting', () => {
  const operations: readonly [string, (a: Value, b: Value) => Value][] = [
    ['add', ops.add],
    ['sub', ops.sub],
    ['mul', ops.mul],
    ['div', ops.div],
    ['min', ops.min],
    ['max', ops.max],
  ];
  it.each(operations.flatMap(([name, op]) => PAIRS.map(([a, b]) => ({ name, op, a, b }))))(
    '$name of $a and $b',
    async ({ op, a, b }) => {
      const feeds = {
        a: floatTensor(awayFromZero(size(a), 3), a),
        b: floatTensor(awayFromZero(size(b), 8), b),
      };
      await checkGradient(feeds, ({ a, b }) => op(a!, b!));
    },
  );

  it.each(PAIRS)('pow of %j and %j', async (a, b) => {
    const feeds = { a: floatTensor(positive(size(a), 3), a), b: floatTensor(noise(size(b), 8), b) };
    await checkGradient(feeds, ({ a, b }) => ops.pow(a!, b!));
  });

  it('an operand that is used twice', async () => {
    await checkGradient({ x: floatTensor(awayFromZero(4, 3), [4]) }, ({ x }) =>
      ops.div(ops.mul(x!, x!), ops.add(x!, 3)),
    );
  });

  it('the first of two equal operands gets the gradient of min and max', async () => {
    const x = floatTensor([1], []);
    const got = await evaluated({ a: x, b: x }, ({ a, b }) => {
      const [lowA, lowB] = gradients(ops.min(a!, b!), [a!, b!]);
      const [highA, highB] = gradients(ops.max(a!, b!), [a!, b!]);
      return { lowA: lowA!, lowB: lowB!, highA: highA!, highB: highB! };
    });
    expect([got.lowA![0], got.lowB![0], got.highA![0], got.highB![0]]).toEqual([1, 0, 1, 0]);
  });
});

describe('of one operand', () => {
  it.each([
    ['pow 2', (x: Value) => ops.pow(x, 2)],
    ['pow 3', (x: Value) => ops.pow(x, 3)],
    ['pow 1', (x: Value) => ops.pow(x, 1)],
    ['pow 0', (x: Value) => ops.pow(x, 0)],
    ['pow −1', (x: Value) => ops.pow(x, -1)],
    ['exp', ops.exp],
    ['neg', ops.neg],
    ['abs', ops.abs],
    ['sigmoid', ops.sigmoid],
    ['tanh', ops.tanh],
    ['reciprocal', ops.reciprocal],
    ['identity', ops.identity],
    [
      'cast to half precision and back',
      (x: Value) => ops.mul(ops.cast(ops.cast(ops.mul(x, 0), 'float16'), 'float32'), x),
    ],
  ] as const)('%s', async (_, op) => {
    await checkGradient({ x: floatTensor(awayFromZero(6, 5), [2, 3]) }, ({ x }) => op(x!));
    await checkGradient({ x: floatTensor([0.8], []) }, ({ x }) => op(x!));
  });

  it.each([
    ['sqrt', ops.sqrt],
    ['log', ops.log],
    ['pow ½', (x: Value) => ops.pow(x, 0.5)],
    ['pow −1.5', (x: Value) => ops.pow(x, -1.5)],
  ] as const)('%s of positive numbers', async (_, op) => {
    await checkGradient({ x: floatTensor(positive(6, 5), [2, 3]) }, ({ x }) => op(x!));
  });

  it('abs has no gradient at 0', async () => {
    const got = await evaluated({ x: floatTensor([0], []) }, ({ x }) => ({ g: gradients(ops.abs(x!), [x!])[0]! }));
    expect(got.g![0]).toBe(0);
  });

  it('pow 0 is constant, at 0 too', async () => {
    const got = await evaluated({ x: floatTensor([0, 1, -2], [3]) }, ({ x }) => ({
      g: gradients(ops.reduceSum(ops.pow(x!, 0), [0], false), [x!])[0]!,
    }));
    expect([...got.g!]).toEqual([0, 0, 0]);
  });

  it('a cast to half precision passes the gradient on', async () => {
    const got = await evaluated({ x: floatTensor([0.5, 2], [2]) }, ({ x }) => {
      const half = ops.cast(x!, 'float16');
      const back = ops.cast(ops.mul(half, half), 'float32');
      return { g: gradients(ops.reduceSum(back, [0], false), [x!])[0]! };
    });
    expect([...got.g!]).toEqual([1, 4]);
  });
});

describe('where', () => {
  it.each([
    [
      [2, 3],
      [2, 3],
      [2, 3],
    ],
    [[2, 1], [3], [2, 3]],
    [[3], [], [2, 1]],
  ])('condition %j, operands %j and %j', async (condition, a, b) => {
    const feeds = {
      condition: tensor(
        'bool',
        Uint8Array.from({ length: size(condition) }, (_, i) => i % 2),
        condition,
      ),
      a: floatTensor(noise(size(a), 1), a),
      b: floatTensor(noise(size(b), 2), b),
    };
    await checkGradient(feeds, ({ condition, a, b }) => ops.where(condition!, a!, b!));
  });
});

it('comparisons stop the gradient', async () => {
  const got = await evaluated({ x: floatTensor([0.5, -2, 1], [3]) }, ({ x }) => {
    const marks = ops.and(ops.not(ops.less(x!, 0)), ops.and(ops.greaterOrEqual(x!, 0), ops.equal(x!, x!)));
    const loss = ops.reduceSum(ops.cast(marks, 'float32'), [0], false);
    return { loss, g: gradients(loss, [x!])[0]! };
  });
  expect(got.loss![0]).toBe(2);
  expect([...got.g!]).toEqual([0, 0, 0]);
});

it('a number as first operand', async () => {
  const feeds = { x: floatTensor(awayFromZero(3, 2), [3]) };
  await checkGradient(feeds, ({ x }) => ops.div(1, ops.add(2, ops.mul(x!, x!))));
});

it('is refused for what has no gradient', () => {
  const builder = new GraphBuilder('refused');
  const x = builder.input('x', 'float32', [2]);
  const loss = ops.reduceSum(x, [0], false);
  expect(() => gradients(x, [x])).toThrow('A loss must be a float32 scalar, and x is float32 [2].');
  const tokens = builder.input('tokens', 'int32', [2]);
  expect(() => gradients(loss, [tokens])).toThrow('tokens, int32 [2], has no gradient');
  const other = new GraphBuilder('other').input('y', 'float32', []);
  expect(() => gradients(loss, [other])).toThrow('y belongs to another graph than the loss.');
});
