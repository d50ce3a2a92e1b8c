import { describe, expect, it } from 'vitest';
import { GraphBuilder, ops, tensor } from '../../../src/graph';
import { compute, floatTensor, numbers, listed } from './support';

/** 0, 1, 2, … in a shape. */
function counting(...dims: number[]) {
  const size = dims.reduce((a, b) => a * b, 1);
  return floatTensor(
    Array.from({ length: size }, (_, i) => i),
    dims,
  );
}

describe('reshape', () => {
  it.each([
    { from: ['T', 6], to: ['T', 2, 3], inferred: ['T', 2, 3] },
    { from: ['T', 6], to: [0, 2, -1], inferred: ['T', 2, 3] },
    { from: ['T', 6], to: [2, -1, 3], inferred: [2, 'T', 3] },
    { from: ['T', 6], to: [-1], inferred: ['6*T'] },
    { from: ['T', 'U'], to: ['T', 3, -1], inferred: undefined },
    { from: [4, 6], to: [3, -1], inferred: [3, 8] },
    { from: ['T', 'U'], to: [-1], inferred: ['T*U'] },
  ])('[$from] to [$to]', async ({ from, to, inferred }) => {
    const build = () => compute({ x: counting(4, 6) }, ({ x }) => ops.reshape(x!, to), { x: from });
    if (inferred === undefined) return expect(build()).rejects.toThrow('does not fit');
    const [got] = await build();
    expect(got!.value.shape).toEqual(inferred);
    expect(got!.result.data).toEqual(counting(4, 6).data);
  });

  it('goes there and back with a symbolic size', async () => {
    const shapes = { x: [2, 'T', 3] };
    const [got] = await compute(
      { x: counting(2, 5, 3) },
      ({ x }) => ops.reshape(ops.reshape(x!, [-1, 3]), [2, 'T', 3]),
      shapes,
    );
    expect(got!.value.shape).toEqual([2, 'T', 3]);
    expect(got!.result.dims).toEqual([2, 5, 3]);
  });
});

it('transpose permutes axes', async () => {
  const [got] = await compute({ x: counting(2, 3, 2) }, ({ x }) => ops.transpose(x!, [2, 0, 1]), { x: [2, 'T', 2] });
  expect(got!.value.shape).toEqual([2, 2, 'T']);
  expect(listed(got)).toEqual([0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]);
});

describe('concat and split', () => {
  it('undo each other, with symbolic sizes too', async () => {
    const feeds = { a: counting(2, 3), b: counting(2, 2) };
    const [joined, a, b] = await compute(
      feeds,
      (x) => {
        const all = ops.concat([x.a!, x.b!], 1);
        return [all, ...ops.splitLike(all, [x.a!, x.b!], -1)];
      },
      { a: [2, 'P'], b: [2, 'T'] },
    );
    expect(joined!.value.shape).toEqual([2, 'P+T']);
    expect(listed(joined)).toEqual([0, 1, 2, 0, 1, 3, 4, 5, 2, 3]);
    expect([a!.value.shape, b!.value.shape]).toEqual([
      [2, 'P'],
      [2, 'T'],
    ]);
    expect([a!.result.data, b!.result.data]).toEqual([feeds.a.data, feeds.b.data]);
  });

  it('split cuts into the given sizes', async () => {
    const [, second] = await compute({ x: counting(2, 4) }, ({ x }) => ops.split(x!, [1, 3], 1), { x: ['T', 4] });
    expect(second!.value.shape).toEqual(['T', 3]);
    expect(listed(second)).toEqual([1, 2, 3, 5, 6, 7]);
  });
});

describe('slice', () => {
  it.each([
    { start: 1, end: 3, wanted: [1, 2] },
    { start: -2, end: undefined, wanted: [3, 4] },
    { start: 0, end: -1, wanted: [0, 1, 2, 3] },
    { start: 3, end: 99, wanted: [3, 4] },
  ])('$start:$end', async ({ start, end, wanted }) => {
    const [got] = await compute({ x: counting(5) }, ({ x }) => ops.slice(x!, 0, start, end));
    expect(got!.value.shape).toEqual([wanted.length]);
    expect(listed(got)).toEqual(wanted);
  });

  it('takes the last of a symbolic axis, and a named rest', async () => {
    const [last, rest] = await compute(
      { x: counting(3, 2) },
      ({ x }) => [ops.slice(x!, 0, -1), ops.slice(x!, 0, 1, undefined, 'R')],
      {
        x: ['T', 2],
      },
    );
    expect(last!.value.shape).toEqual([1, 2]);
    expect(listed(last)).toEqual([4, 5]);
    expect(rest!.value.shape).toEqual(['R', 2]);
    expect(listed(rest)).toEqual([2, 3, 4, 5]);
  });
});

it('squeeze and unsqueeze drop and add axes of size 1', async () => {
  const [added, back] = await compute({ x: counting(2, 3) }, ({ x }) => {
    const more = ops.unsqueeze(x!, [0, -1]);
    return [more, ops.squeeze(more, [-1, 0])];
  });
  expect(added!.result.dims).toEqual([1, 2, 3, 1]);
  expect(back!.result.dims).toEqual([2, 3]);
});

it('expand repeats to sizes', async () => {
  const [fixed] = await compute({ x: counting(2, 1) }, ({ x }) => ops.expand(x!, [2, 2]));
  expect(listed(fixed)).toEqual([0, 0, 1, 1]);
});

it('gather takes rows by index, on any axis, by int32 or int64', async () => {
  const x = counting(3, 2);
  const ids = tensor('int32', Int32Array.of(2, 0), [2]);
  const [rows] = await compute({ x, ids }, (v) => ops.gather(v.x!, v.ids!), { ids: ['T'] });
  expect(rows!.value.shape).toEqual(['T', 2]);
  expect(listed(rows)).toEqual([4, 5, 0, 1]);
  const one = tensor('int64', BigInt64Array.of(1n), []);
  expect(await numbers({ x, one }, (v) => ops.gather(v.x!, v.one!, 1))).toEqual([1, 3, 5]);
});

it('scatterElements puts in, or adds with repeated indices', async () => {
  const feeds = {
    x: floatTensor([10, 20, 30], [3, 1]),
    at: tensor('int64', BigInt64Array.of(2n, 0n, 2n), [3, 1]),
    updates: floatTensor([1, 2, 4], [3, 1]),
  };
  expect(await numbers(feeds, (v) => ops.scatterElements(v.x!, v.at!, v.updates!, 0, 'add'))).toEqual([12, 20, 35]);
  const apart = { ...feeds, at: tensor('int64', BigInt64Array.of(2n, 0n, 1n), [3, 1]) };
  expect(await numbers(apart, (v) => ops.scatterElements(v.x!, v.at!, v.updates!, 0, 'none'))).toEqual([2, 4, 1]);
});

it('shapeOf, dimOf and range follow the size at run time', async () => {
  const [sizes, last, counted] = await compute(
    { x: counting(3, 4) },
    ({ x }, builder) => [
      ops.shapeOf(x!),
      ops.shapeOf(x!, 1, 2),
      ops.range(builder.scalar('int64', 0), ops.dimOf(x!, 0), builder.scalar('int64', 1), 'T'),
    ],
    { x: ['T', 4] },
  );
  expect(sizes!.result.data).toEqual(BigInt64Array.of(3n, 4n));
  expect(last!.result.data).toEqual(BigInt64Array.of(4n));
  expect(counted!.value.shape).toEqual(['T']);
  expect(counted!.result.data).toEqual(BigInt64Array.of(0n, 1n, 2n));
});

describe('errors name the operation and the shapes', () => {
  const builder = new GraphBuilder('errors');
  const x = builder.input('x', 'float32', ['T', 6]);
  const y = builder.input('y', 'float32', ['U', 4]);
  it.each([
    [() => ops.reshape(x, [5, 'T']), 'Reshape(float32 [T, 6]): does not fit [5, T].'],
    [() => ops.reshape(x, ['A', 'B']), 'Reshape(float32 [T, 6]): [A, B] leaves more than one size to find.'],
    [() => ops.transpose(x, [0, 0]), 'Transpose(float32 [T, 6]): [0, 0] is no order of its axes.'],
    [() => ops.concat([x, y], 0), 'Concat(float32 [T, 6], float32 [U, 4]): types and sizes off axis 0 must agree.'],
    [() => ops.slice(x, 0, 1), 'Slice(float32 [T, 6]): 1: of axis 0 has no known size; name it.'],
    [() => ops.split(x, [2, 3], 1), 'Split(float32 [T, 6]): sizes 2 + 3 do not make 6.'],
    [() => ops.squeeze(x, [1]), 'Squeeze(float32 [T, 6]): axis 1 is not of size 1.'],
    [() => ops.unsqueeze(x, [5]), 'Unsqueeze(float32 [T, 6]): has no axis 5.'],
    [() => ops.expand(y, [4, 3]), 'Expand(float32 [U, 4]): does not broadcast to [4, 3].'],
    [() => ops.gather(x, y), 'Gather(float32 [U, 4]): needs int32 or int64.'],
    [() => ops.shapeOf(x, 1, 3), 'Shape(float32 [T, 6]): has no axes 1 to 2.'],
  ])('%#', (build, message) => {
    expect(build).toThrow(message);
  });
});
