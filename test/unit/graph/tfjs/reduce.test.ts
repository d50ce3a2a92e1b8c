import { describe, expect, it } from 'vitest';
import { ops, tensor, type CpuTensor } from '../../../../src/graph';
import { floatTensor, noise } from '../support';
import { same } from './support';

const x = floatTensor(noise(2 * 3 * 4, 1), [2, 3, 4]);
const whole = tensor(
  'int32',
  Int32Array.from(noise(2 * 3 * 4, 2), (value) => Math.round(value * 5)),
  [2, 3, 4],
);

describe('reductions', () => {
  it.each([[[0]], [[1]], [[-1]], [[0, 2]], [[0, 1]], [[0, 1, 2]]])('over %j', async (axes) => {
    for (const keep of [true, false]) {
      await same({ x }, (v) => [
        ops.reduceSum(v.x!, axes, keep),
        ops.reduceMean(v.x!, axes, keep),
        ops.reduceMax(v.x!, axes, keep),
      ]);
      await same({ whole }, (v) =>
        [v.whole!, ops.cast(v.whole!, 'int64')].flatMap((n) => [
          ops.reduceSum(n, axes, keep),
          ops.reduceMax(n, axes, keep),
        ]),
      );
    }
  });

  it('of nothing sum to 0', async () => {
    await same({ x: floatTensor([], [0, 3]) }, (v) => [ops.reduceSum(v.x!, [0]), ops.reduceSum(v.x!, [1], false)]);
  });

  it('of many numbers keep their precision', async () => {
    const many = floatTensor(
      noise(100_000, 3).map((value) => value + 1),
      [100_000],
    );
    await same({ many }, (v) => [ops.reduceSum(v.many!, [0]), ops.reduceMean(v.many!, [0])]);
  });
});

describe('softmax', () => {
  it.each([0, 1, 2, -1])('over axis %i', async (axis) => {
    await same({ x }, (v) => [ops.softmax(v.x!, axis), ops.logSoftmax(v.x!, axis)]);
  });

  it('takes scores that are large, or masked', async () => {
    const scores = floatTensor([1000, 999, -1e9, -1e9, -1e9, -1e9, -1e9, 3], [2, 4]);
    await same({ scores }, (v) => ops.softmax(v.scores!));
  });
});

describe('argMax', () => {
  it.each([0, 1, 2])('over axis %i', async (axis) => {
    await same({ x, whole }, (v) => [
      ops.argMax(v.x!, axis),
      ops.argMax(v.x!, axis, true),
      ops.argMax(v.whole!, axis, true),
    ]);
  });

  it('names the first of equals', async () => {
    const got = await same({ x: floatTensor([1, 3, 3, 2, 2, 2], [2, 3]) }, (v) => ops.argMax(v.x!));
    expect((got.get('result0') as CpuTensor).data).toEqual(BigInt64Array.of(1n, 0n));
  });
});

it('normalises rows as onnxruntime does', async () => {
  const scale = floatTensor(noise(4, 5), [4]);
  await same({ x, scale }, (v) => [ops.simplifiedLayerNormalization(v.x!, v.scale!, 1e-2)]);
});
