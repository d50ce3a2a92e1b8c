import { createRequire } from 'node:module';
import type * as Core from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { GraphBuilder, type CpuTensor, type Graph, type Runtime, type Tensor, type Value } from '../../../../src/graph';
import { TfjsRuntime } from '../../../../src/graph/tfjs';
import { runtime } from '../support';

const find = createRequire(import.meta.url);
/** TensorFlow.js with its CPU backend, which is slow but complete. */
export const tf = find('@tensorflow/tfjs-core') as typeof Core;
find('@tensorflow/tfjs-backend-cpu');
// Without the advice it prints.
tf.enableProdMode();

export const tfjs = TfjsRuntime.over(tf);

export type Feeds = Readonly<Record<string, CpuTensor>>;
export type Build = (inputs: Readonly<Record<string, Value>>, builder: GraphBuilder) => Value | readonly Value[];

/** A graph of inputs in the feeds' shapes, or the given ones, with outputs result0, result1, … */
export function graphOf(
  feeds: Feeds,
  build: Build,
  shapes: Readonly<Record<string, readonly (number | string)[]>> = {},
): Graph {
  const builder = new GraphBuilder('test');
  const inputs = Object.fromEntries(
    Object.entries(feeds).map(([name, feed]) => [name, builder.input(name, feed.dtype, shapes[name] ?? feed.dims)]),
  );
  const built = build(inputs, builder);
  const values = 'builder' in built ? [built] : built;
  values.forEach((value, i) => builder.output(`result${i}`, value));
  return builder.build();
}

/** Runs a graph once. */
export async function runOn(on: Runtime, graph: Graph, feeds: Feeds): Promise<ReadonlyMap<string, Tensor>> {
  const session = await on.createSession(graph, { threads: 1 });
  try {
    return await session.run(feeds);
  } finally {
    await session.dispose();
  }
}

/** Expects equal sizes, types and integers, and floats that differ by less than `tolerance` of the larger of 1 and their size. */
export function expectAlike(got: Tensor | undefined, wanted: Tensor | undefined, tolerance = 1e-5): void {
  if (got?.location !== 'cpu' || wanted?.location !== 'cpu') throw new Error('An output is not in memory.');
  expect({ dtype: got.dtype, dims: got.dims }).toEqual({ dtype: wanted.dtype, dims: wanted.dims });
  if (wanted.dtype !== 'float32') {
    expect(got.data).toEqual(wanted.data);
    return;
  }
  expect(got.data).toHaveLength(wanted.data.length);
  wanted.data.forEach((value, i) => {
    const other = Number(got.data[i]);
    const close = Object.is(value, other) || Math.abs(value - other) <= tolerance * Math.max(1, Math.abs(value));
    if (!close) expect.fail(`element ${i} is ${other}, not ${value}`);
  });
}

/**
 * Computes on both run-times and compares all outputs. Nothing may be left in TensorFlow.js's memory.
 * @returns the outputs of TensorFlow.js
 */
export async function same(
  feeds: Feeds,
  build: Build,
  shapes: Readonly<Record<string, readonly (number | string)[]>> = {},
  tolerance?: number,
): Promise<ReadonlyMap<string, Tensor>> {
  const graph = graphOf(feeds, build, shapes);
  const before = tf.memory().numTensors;
  const got = await runOn(tfjs, graph, feeds);
  expect(tf.memory().numTensors).toBe(before);
  const wanted = await runOn(runtime, graph, feeds);
  expect([...got.keys()]).toEqual([...wanted.keys()]);
  for (const [name, value] of wanted) expectAlike(got.get(name), value, tolerance);
  return got;
}
