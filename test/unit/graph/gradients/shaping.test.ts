import { describe, expect, it } from 'vitest';
import { gradients, GraphBuilder, ops, tensor } from '../../../../src/graph';
import { floatTensor, noise } from '../support';
import { checkGradient, evaluated } from './support';

const x = floatTensor(noise(12, 1), [2, 3, 2]);
const y = floatTensor(noise(4, 2), [2, 1, 2]);

describe('the same elements elsewhere', () => {
  it('reshape, squeeze, unsqueeze', async () => {
    await checkGradient({ x }, ({ x }) => ops.reshape(x!, [3, -1]));
    await checkGradient({ x }, ({ x }) => ops.unsqueeze(x!, [0, 2]));
    await checkGradient({ y }, ({ y }) => ops.squeeze(y!, [1]));
  });

  it.each([[[1, 0, 2]], [[2, 0, 1]], [[0, 2, 1]], [[0, 1, 2]]])('transpose to %j', async (perm) => {
    await checkGradient({ x }, ({ x }) => ops.transpose(x!, perm));
  });

  it('concat', async () => {
    await checkGradient({ x, y }, ({ x, y }) => ops.concat([y!, x!, y!], 1));
    await checkGradient({ x }, ({ x }) => ops.concat([x!, x!], -1));
  });

  it.each([
    [0, 1, undefined],
    [1, 0, 2],
    [1, 1, 2],
    [1, -2, -1],
    [-1, 0, undefined],
    [1, -9, 9],
  ])('slice of axis %i from %i to %s', async (axis, start, end) => {
    await checkGradient({ x }, ({ x }) => ops.slice(x!, axis, start, end));
  });

  it('split, all pieces used or some', async () => {
    await checkGradient({ x }, ({ x }) => {
      const [a, b, c] = ops.split(x!, [1, 1, 1], 1);
      return ops.mul(ops.add(a!, b!), c!);
    });
    await checkGradient({ x }, ({ x }) => ops.split(x!, [1, 2], 1)[1]!);
    await checkGradient({ x, y }, ({ x, y }) => ops.splitLike(ops.concat([x!, y!], 1), [x!, y!], 1)[0]!);
  });

  it('expand', async () => {
    await checkGradient({ y }, ({ y }) => ops.expand(y!, [3, 2, 4, 2]));
    await checkGradient({ s: floatTensor([0.5], []) }, ({ s }) => ops.expand(s!, [2, 2]));
  });
});

describe('gather', () => {
  it.each([
    [0, [5], [1, 0, 1, 1, 0]],
    [0, [2, 2], [1, 1, -1, 0]],
    [0, [], [1]],
    [1, [4], [2, 0, 2, -3]],
    [2, [1, 3], [0, 1, 1]],
    [1, [], [2]],
  ])('of axis %i by indices of shape %j', async (axis, shape, indices) => {
    for (const dtype of ['int32', 'int64'] as const) {
      const at =
        dtype === 'int32'
          ? tensor(dtype, Int32Array.from(indices), shape)
          : tensor(dtype, BigInt64Array.from(indices, BigInt), shape);
      await checkGradient({ x, at }, ({ x, at }) => ops.gather(x!, at!, axis));
    }
  });

  it('adds up many rows of the same index exactly, run after run', async () => {
    const [rows, d] = [4096, 8];
    const feeds = {
      table: floatTensor(new Float32Array(3 * d), [3, d]),
      at: tensor('int32', new Int32Array(rows).fill(1), [rows]),
    };
    for (let run = 0; run < 3; run++) {
      const got = await evaluated(feeds, ({ table, at }) => {
        const loss = ops.reduceSum(ops.gather(table!, at!), [0, 1], false);
        return { g: gradients(loss, [table!])[0]! };
      });
      expect([...got.g!]).toEqual(Array.from({ length: 3 * d }, (_, i) => (Math.floor(i / d) === 1 ? rows : 0)));
    }
  });
});

describe('scatterElements', () => {
  const at = tensor('int32', Int32Array.of(2, 0, 1, -1), [2, 1, 2]);
  it.each([0, 1, 2])('adding along axis %i', async (axis) => {
    const valid = tensor('int32', Int32Array.of(0, axis, 1, -1), [2, 1, 2]);
    const indices = axis === 1 ? at : axis === 0 ? valid : tensor('int32', Int32Array.of(0, 0, 1, -1), [2, 1, 2]);
    await checkGradient({ x, y, indices }, ({ x, y, indices }) => ops.scatterElements(x!, indices!, y!, axis, 'add'));
  });

  it('replacing', async () => {
    await checkGradient({ x, y, at }, ({ x, y, at }) => ops.scatterElements(x!, at!, y!, 1, 'none'));
  });

  it('adding to one place twice', async () => {
    const feeds = {
      x: floatTensor([1, 2], [2]),
      y: floatTensor([3, 4, 5], [3]),
      at: tensor('int32', Int32Array.of(1, 1, 0), [3]),
    };
    await checkGradient(feeds, ({ x, y, at }) => {
      const sum = ops.scatterElements(x!, at!, y!, 0, 'add');
      return ops.mul(sum, sum);
    });
  });
});

describe('a table that is read by index and multiplied by', () => {
  const at = tensor('int32', Int32Array.of(1, 0, 1), [3]);
  const table = floatTensor(noise(4, 5), [2, 2]);
  it('gets both gradients in one value', async () => {
    await checkGradient({ table, at }, ({ table, at }) => ops.matmul(ops.gather(table!, at!), table!));
    await checkGradient({ table, at }, ({ table, at }) => ops.concat([ops.matmul(table!, table!), ops.gather(table!, at!)], 0)); // prettier-ignore
  });

  it('without a sum of two tables', () => {
    const builder = new GraphBuilder('tied');
    const tied = builder.input('table', 'float32', [50, 4]);
    const rows = ops.gather(tied, builder.input('at', 'int32', [3]));
    const loss = ops.reduceSum(ops.exp(ops.gemm(rows, tied, undefined, { transB: true })), [0, 1], false);
    builder.output('g', gradients(loss, [tied])[0]!);
    const { nodes, values } = builder.build();
    const ofTable = nodes.filter((node) => values.get(node.outputs[0]!)!.shape.join() === '50,4');
    expect(ofTable.map((node) => node.op)).toEqual(['Gemm', 'ScatterElements', 'Identity']);
  });
});

it('a size on the way that is not known is refused', () => {
  const builder = new GraphBuilder('symbolic');
  const rows = builder.input('rows', 'float32', ['T', 4]);
  const loss = ops.squeeze(ops.reduceSum(ops.mul(rows, rows), [0, 1]), [0, 1]);
  expect(() => gradients(loss, [rows])).toThrow(
    'ReduceSum(float32 [T, 4], int64 [2]): gradients need sizes that are numbers, and Mul_0 is float32 [T, 4].',
  );
  // Out of the way it is no matter.
  const weight = builder.input('weight', 'float32', []);
  expect(gradients(ops.mul(loss, weight), [weight])[0]!.shape).toEqual([]);
});

it('sizes and ranges stop the gradient', async () => {
  const got = await evaluated({ x }, ({ x }, builder) => {
    const [zero, one] = [builder.scalar('int64', 0), builder.scalar('int64', 1)];
    const counted = ops.range(zero, ops.dimOf(x!, 1), one, 3);
    const loss = ops.reduceSum(ops.cast(counted, 'float32'), [0], false);
    return { loss, g: gradients(loss, [x!])[0]! };
  });
  expect(got.loss![0]).toBe(3);
  expect(got.g!.every((value) => value === 0)).toBe(true);
});
