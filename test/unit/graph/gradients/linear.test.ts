import { describe, expect, it } from 'vitest';
import { gradients, GraphBuilder, ops } from '../../../../src/graph';
import { floatTensor, noise } from '../support';
import { checkGradient } from './support';

const size = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);
const random = (dims: readonly number[], seed: number) => floatTensor(noise(size(dims), seed), dims);

describe('matmul', () => {
  it.each([
    [
      [2, 3],
      [3, 4],
    ],
    [
      [1, 1],
      [1, 1],
    ],
    [
      [2, 2, 3],
      [2, 3, 4],
    ],
    [
      [2, 2, 3],
      [3, 4],
    ],
    [
      [2, 2, 3],
      [1, 3, 2],
    ],
    [
      [2, 3],
      [1, 1, 3, 2],
    ],
    [
      [1, 2, 3],
      [2, 3, 2],
    ],
    [
      [2, 3],
      [2, 3, 2],
    ],
    [
      [2, 1, 2, 3],
      [3, 3, 2],
    ],
  ])('%j by %j', async (a, b) => {
    await checkGradient({ a: random(a, 1), b: random(b, 2) }, ({ a, b }) => ops.matmul(a!, b!));
  });

  it.each([
    [
      [2, 3],
      [4, 3],
    ],
    [
      [2, 2, 3],
      [2, 4, 3],
    ],
  ])('%j by %j with rows and columns exchanged, as scores of attention', async (a, b) => {
    const perm = b.length === 2 ? [1, 0] : [0, 2, 1];
    await checkGradient({ a: random(a, 1), b: random(b, 2) }, ({ a, b }) => ops.matmul(a!, ops.transpose(b!, perm)));
    await checkGradient({ a: random(b, 1), b: random(a, 2) }, ({ a, b }) =>
      ops.transpose(ops.matmul(a!, ops.transpose(b!, perm)), perm),
    );
  });

  it('makes no transposition that two products can do without', () => {
    const builder = new GraphBuilder('attention');
    const query = builder.input('query', 'float32', [2, 3, 4]);
    const key = builder.input('key', 'float32', [2, 3, 4]);
    const scores = ops.matmul(query, ops.transpose(key, [0, 2, 1]));
    const loss = ops.reduceSum(ops.mul(scores, scores), [0, 1, 2], false);
    gradients(loss, [query, key]).forEach((gradient, i) => builder.output(`g${i}`, gradient));
    const { nodes } = builder.build();
    // One for the scores, and one of the scores' gradient, which becomes part of the product it goes into.
    expect(nodes.filter((node) => node.op === 'Transpose')).toHaveLength(2);
    expect(nodes.filter((node) => node.op === 'MatMul')).toHaveLength(3);
  });
});

describe('gemm', () => {
  const [m, k, n] = [2, 3, 4];
  const flags = [false, true];
  it.each(flags.flatMap((transA) => flags.map((transB) => ({ transA, transB }))))('$transA, $transB', async (trans) => {
    const feeds = {
      a: random(trans.transA ? [k, m] : [m, k], 1),
      b: random(trans.transB ? [n, k] : [k, n], 2),
    };
    await checkGradient(feeds, ({ a, b }) => ops.gemm(a!, b!, undefined, trans));
    await checkGradient(feeds, ({ a, b }) => ops.gemm(a!, b!, undefined, { ...trans, alpha: -0.5 }));
  });

  it.each([[[n]], [[1, n]], [[m, 1]], [[m, n]], [[]]])('C of shape %j', async (shape) => {
    const feeds = { a: random([m, k], 1), b: random([k, n], 2), c: random(shape, 3) };
    await checkGradient(feeds, ({ a, b, c }) => ops.gemm(a!, b!, c, { alpha: 2, beta: 0.5 }));
    await checkGradient(feeds, ({ a, b, c }) => ops.gemm(a!, b!, c));
  });

  it('builds no product for a matrix that is not trained', () => {
    const builder = new GraphBuilder('frozen');
    const x = builder.input('x', 'float32', [2, 3]);
    const frozen = builder.weight('frozen', 'float32', [4, 3]);
    const loss = ops.reduceSum(ops.gemm(x, frozen, undefined, { transB: true }), [0, 1], false);
    gradients(loss, [x]);
    expect(builder.operations.filter((node) => node.op === 'Gemm')).toHaveLength(2);
  });
});

it('rounded products are refused', () => {
  const builder = new GraphBuilder('rounded');
  const x = builder.input('x', 'float32', [2, 32]);
  const packed = builder.input('packed', 'uint8', [4, 1, 32]);
  const scales = builder.input('scales', 'float32', [4]);
  const loss = ops.reduceSum(ops.matMulNBits(x, packed, scales, { bits: 8 }), [0, 1], false);
  expect(() => gradients(loss, [x])).toThrow('what is rounded has no gradient. Train with weights in float32.');
});
