import { describe, expect, it } from 'vitest';
import { ops, tensor, type CpuTensor } from '../../../../src/graph';
import { floatTensor, noise } from '../support';
import { same } from './support';

const sizeOf = (dims: readonly number[]): number => dims.reduce((size, dim) => size * dim, 1);
const random = (...dims: number[]) => floatTensor(noise(sizeOf(dims)), dims);
const indices = (dims: readonly number[], ...values: number[]) =>
  tensor('int64', BigInt64Array.from(values, BigInt), dims);
const bools = (...values: number[]) => tensor('bool', Uint8Array.from(values), [values.length]);

describe('reshape', () => {
  it.each<[(number | string)[], (number | string)[]]>([
    [
      ['T', 6],
      ['T', 2, 3],
    ],
    [
      ['T', 6],
      [0, 2, -1],
    ],
    [
      ['T', 6],
      [2, -1, 3],
    ],
    [[4, 6], [-1]],
    [
      [4, 6],
      [3, 8],
    ],
  ])('%j to %j', async (from, to) => {
    await same({ x: random(4, 6) }, ({ x }) => ops.reshape(x!, to), { x: from });
  });

  it('of one element, of none, of bools', async () => {
    await same({ x: random(1, 1) }, ({ x }) => ops.reshape(x!, []));
    await same({ x: random() }, ({ x }) => ops.reshape(x!, [1, 1]));
    await same({ x: random(0, 6) }, ({ x }) => [ops.reshape(x!, ['T', 2, 3]), ops.reshape(x!, [2, -1, 3])], {
      x: ['T', 6],
    });
    await same({ x: bools(1, 0, 1, 0) }, ({ x }) => ops.reshape(x!, [2, 2]));
  });
});

describe('transpose', () => {
  it.each([
    [
      [2, 3],
      [1, 0],
    ],
    [
      [2, 3, 4],
      [2, 0, 1],
    ],
    [
      [2, 3, 4, 5],
      [0, 2, 1, 3],
    ],
    [
      [2, 3],
      [0, 1],
    ],
    [
      [1, 2, 3, 2, 2],
      [4, 2, 0, 1, 3],
    ],
    [
      [0, 3],
      [1, 0],
    ],
    [[5], [0]],
  ])('%j by %j', async (dims, perm) => {
    await same({ x: random(...dims) }, ({ x }) => [
      ops.transpose(x!, perm),
      ops.transpose(ops.cast(x!, 'int64'), perm),
    ]);
  });
});

describe('concat and split', () => {
  it.each([0, 1, 2])('along axis %i', async (axis) => {
    const [a, b] = [random(2, 3, 4), random(...[2, 3, 4].with(axis, 5))];
    await same({ a, b }, (x) => {
      const joined = ops.concat([x.a!, x.b!, x.a!], axis);
      return [joined, ...ops.splitLike(joined, [x.a!, x.b!, x.a!], axis), ops.concat([x.a!], axis)];
    });
  });

  it('with parts of no elements, and of other types', async () => {
    await same({ a: random(0, 2), b: random(3, 2) }, (x) => {
      const joined = ops.concat([x.a!, x.b!], 0);
      return [joined, ...ops.split(joined, [0, 2, 1], 0)];
    });
    await same({ a: bools(1, 0), i: indices([2], 7, 8) }, (x) => [
      ops.concat([x.a!, x.a!], 0),
      ops.concat([x.i!, x.i!], 0),
      ...ops.split(x.i!, [1, 1], 0),
    ]);
  });

  it('with sizes that are known at run time only', async () => {
    const shapes = { a: [2, 'P'], b: [2, 'T'] };
    await same(
      { a: random(2, 3), b: random(2, 2) },
      (x) => {
        const joined = ops.concat([x.a!, x.b!], 1);
        return ops.splitLike(joined, [x.a!, x.b!], 1);
      },
      shapes,
    );
  });
});

describe('slice', () => {
  it.each([
    { start: 1, end: 3 },
    { start: -2, end: undefined },
    { start: 0, end: -1 },
    { start: 3, end: 99 },
    { start: -99, end: 2 },
    { start: 4, end: 2 },
  ])('$start:$end', async ({ start, end }) => {
    await same({ x: random(5, 2) }, ({ x }) => [
      ops.slice(x!, 0, start, end),
      ops.slice(ops.transpose(x!, [1, 0]), 1, start, end),
    ]);
  });

  it('of a symbolic axis', async () => {
    await same({ x: random(3, 2) }, ({ x }) => [ops.slice(x!, 0, -1), ops.slice(x!, 0, 1, undefined, 'R')], {
      x: ['T', 2],
    });
  });
});

it('squeeze and unsqueeze', async () => {
  await same({ x: random(2, 1, 3, 1) }, ({ x }) => [
    ops.squeeze(x!, [1]),
    ops.squeeze(x!, [-1, 1]),
    ops.unsqueeze(x!, [0, -1]),
    ops.unsqueeze(ops.reduceSum(x!, [0, 1, 2, 3], false), [0]),
  ]);
});

describe('expand', () => {
  it.each([
    [
      [2, 1],
      [2, 3],
    ],
    [[], [2, 2]],
    [[3], [2, 3]],
    [
      [1, 2, 1],
      [4, 3, 2, 5],
    ],
    [
      [2, 3],
      [2, 3],
    ],
    [
      [1, 3],
      [0, 3],
    ],
  ])('%j to %j', async (from, to) => {
    await same({ x: random(...from) }, ({ x }) => [ops.expand(x!, to), ops.expand(ops.less(x!, 0), to)]);
  });
});

describe('gather', () => {
  it.each<[number[], number, CpuTensor]>([
    [[3, 2], 0, indices([2], 2, 0)],
    [[3, 2], 1, indices([], 1)],
    [[3, 2, 4], 1, indices([2, 3], 1, 0, 0, 1, 1, 0)],
    [[4], 0, indices([2, 2], 3, 3, 0, 1)],
    [[3, 2], 0, indices([3], -1, 0, -3)],
    [[3, 2], 0, indices([0])],
    [[3, 2], 0, tensor('int32', Int32Array.of(2, 1), [1, 2])],
  ])('of %j along axis %i', async (dims, axis, at) => {
    await same({ x: random(...dims), at }, (v) => [
      ops.gather(v.x!, v.at!, axis),
      ops.gather(ops.less(v.x!, 0), v.at!, axis),
      ops.gather(ops.cast(ops.mul(v.x!, 9), 'int64'), v.at!, axis),
    ]);
  });
});

describe('scatterElements', () => {
  it.each<[number[], number, CpuTensor]>([
    [[3, 1], 0, indices([3, 1], 2, 0, 1)],
    [[4, 3], 0, indices([2, 3], 0, 1, 2, 3, 2, 1)],
    [[4, 3], 1, indices([4, 1], 2, 0, 1, 1)],
    [[2, 3, 4], 1, indices([2, 1, 4], 0, 1, 2, 0, 1, 0, 2, 2)],
    [[2, 3, 4], 2, indices([1, 2, 2], 3, 0, 1, 2)],
    [[3, 2], 0, indices([1, 2], -1, -3)],
    [[5], 0, tensor('int32', Int32Array.of(4, 0), [2])],
    [[3, 2], 0, indices([0, 2])],
  ])('into %j along axis %i', async (dims, axis, at) => {
    const updates = random(...at.dims);
    await same({ x: random(...dims), at, updates }, (v) => [
      ops.scatterElements(v.x!, v.at!, v.updates!, axis, 'none'),
      ops.scatterElements(v.x!, v.at!, v.updates!, axis, 'add'),
      ops.scatterElements(
        ops.cast(ops.mul(v.x!, 9), 'int64'),
        v.at!,
        ops.cast(ops.mul(v.updates!, 9), 'int64'),
        axis,
        'add',
      ),
    ]);
  });

  it('adds all of what has the same index, and the same at every run', async () => {
    const [rows, count, width] = [7, 5000, 3];
    const at = indices([count, 1], ...Array.from({ length: count }, (_, i) => (i * i) % rows));
    // Whole numbers: their sums are exact in any order, so one that is lost shows.
    const updates = floatTensor(
      Array.from({ length: count * width }, (_, i) => (i % 13) - 6),
      [count, width],
    );
    const feeds = { x: floatTensor(new Float32Array(rows * width), [rows, width]), at, updates };
    const run = async () => {
      const outputs = await same(
        feeds,
        (v) => ops.scatterElements(v.x!, ops.expand(v.at!, [count, width]), v.updates!, 0, 'add'),
        {},
        0,
      );
      return outputs.get('result0') as CpuTensor;
    };
    const sums = new Float32Array(rows * width);
    for (let i = 0; i < count * width; i++) {
      const row = Math.floor(i / width);
      sums[((row * row) % rows) * width + (i % width)]! += (i % 13) - 6;
    }
    expect((await run()).data).toEqual(sums);
    expect((await run()).data).toEqual(sums);
  });
});

it('shapeOf, dimOf and range follow the size at run time', async () => {
  await same(
    { x: random(3, 4) },
    ({ x }, builder) => [
      ops.shapeOf(x!),
      ops.shapeOf(x!, 1, 2),
      ops.dimOf(x!, 0),
      ops.range(builder.scalar('int64', 0), ops.dimOf(x!, 0), builder.scalar('int64', 1), 'T'),
      ops.range(builder.scalar('int32', 7), builder.scalar('int32', 0), builder.scalar('int32', -2), 4),
      ops.range(builder.scalar('int64', 2), builder.scalar('int64', 2), builder.scalar('int64', 1), 0),
    ],
    { x: ['T', 4] },
  );
});
