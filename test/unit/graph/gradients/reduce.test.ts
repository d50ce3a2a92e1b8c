import { describe, expect, it } from 'vitest';
import { gradients, ops } from '../../../../src/graph';
import { floatTensor, noise } from '../support';
import { checkGradient, evaluated } from './support';

/** Numbers no two of which are close. */
const apart = (count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => ((i * 5) % count) * 0.3 - 1);

const feeds = { x: floatTensor(apart(24), [2, 3, 4]) };

describe.each([
  ['reduceSum', ops.reduceSum],
  ['reduceMean', ops.reduceMean],
  ['reduceMax', ops.reduceMax],
] as const)('%s', (_, op) => {
  it.each([[[0]], [[1]], [[-1]], [[0, 2]], [[0, 1, 2]]])('over axes %j', async (axes) => {
    await checkGradient(feeds, ({ x }) => op(x!, axes));
    await checkGradient(feeds, ({ x }) => op(x!, axes, false));
    await checkGradient(feeds, ({ x }) => ops.mul(op(x!, axes), x!));
  });

  it('over an axis of one element', async () => {
    await checkGradient({ x: floatTensor([1, 2], [2, 1]) }, ({ x }) => op(x!, [1], false));
  });
});

it('equal largest elements share the gradient', async () => {
  const got = await evaluated({ x: floatTensor([2, 1, 2, 0], [4]) }, ({ x }) => ({
    g: gradients(ops.reduceMax(x!, [0], false), [x!])[0]!,
  }));
  expect([...got.g!]).toEqual([0.5, 0, 0.5, 0]);
});

it.each([0, 1, 2])('softmax along axis %i', async (axis) => {
  await checkGradient({ x: floatTensor(noise(12, 3), [2, 3, 2]) }, ({ x }) => ops.softmax(x!, axis));
});

it('logSoftmax', async () => {
  await checkGradient({ x: floatTensor(apart(12), [3, 4]) }, ({ x }) => ops.logSoftmax(x!));
});

it('argMax stops the gradient', async () => {
  const got = await evaluated({ x: floatTensor([2, 1], [2]) }, ({ x }) => {
    const loss = ops.mul(ops.cast(ops.argMax(x!), 'float32'), 3);
    return { g: gradients(loss, [x!])[0]! };
  });
  expect([...got.g!]).toEqual([0, 0]);
});
