import {
  GraphBuilder,
  nn,
  OnnxRuntime,
  ops,
  tensor,
  type CpuTensor,
  type GraphBuilder as Builder,
  type Value,
} from '../../../src/graph';

export const runtime = OnnxRuntime.open('cpu');

/** Deterministic numbers in (−1, 1). */
export function noise(count: number, seed = 1): Float32Array {
  let state = seed * 2654435761;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
}

export function floatTensor(values: ArrayLike<number>, dims: readonly number[]): CpuTensor {
  return tensor('float32', Float32Array.from(values), dims);
}

export interface Computed {
  readonly value: Value;
  readonly result: CpuTensor;
}

/** Builds a graph of inputs with the feeds' shapes, runs it, and returns each output with the value it was inferred to be. */
export async function compute(
  feeds: Readonly<Record<string, CpuTensor>>,
  build: (inputs: Readonly<Record<string, Value>>, builder: Builder) => Value | readonly Value[],
  shapes: Readonly<Record<string, readonly (number | string)[]>> = {},
): Promise<Computed[]> {
  const builder = new GraphBuilder('test');
  const inputs = Object.fromEntries(
    Object.entries(feeds).map(([name, feed]) => [name, builder.input(name, feed.dtype, shapes[name] ?? feed.dims)]),
  );
  const built = build(inputs, builder);
  const values = 'builder' in built ? [built] : built;
  values.forEach((value, i) => builder.output(`result${i}`, value));
  const session = await runtime.createSession(builder.build(), { threads: 1 });
  try {
    const outputs = await session.run(feeds);
    return values.map((value, i) => {
      const result = outputs.get(`result${i}`);
      if (result?.location !== 'cpu') throw new Error('The output is not in memory.');
      return { value, result };
    });
  } finally {
    await session.dispose();
  }
}

/**
 * The mask of causal attention over a cache's first `length` slots and new tokens: [group·T, S + T].
 * @param keys of the cache [N, S, d]
 * @param x its axis `axis` has T
 */
export function maskWithCache(keys: Value, length: Value, x: Value, axis: number, group: number): Value {
  const { builder } = keys;
  const own = nn.causalMask(x, axis);
  const slots = ops.range(builder.scalar('int64', 0), ops.dimOf(keys, 1), builder.scalar('int64', 1), keys.shape[1]!);
  const filled = ops.unsqueeze(ops.less(slots, ops.cast(length, 'int64')), [0]);
  const seen = ops.where(filled, builder.scalar('float32', 0), builder.scalar('float32', -1e9));
  // A token sees itself: the largest of each row is 0.
  return nn.perGroup(ops.concat([ops.add(seen, ops.reduceMax(own, [1])), own], 1), group);
}

/** A result's numbers, whatever their type. */
export function listed(computed: Computed | undefined): number[] {
  return Array.from(computed!.result.data as ArrayLike<number | bigint>, Number);
}

/** The single output's numbers. */
export async function numbers(...args: Parameters<typeof compute>): Promise<number[]> {
  const [first] = await compute(...args);
  return listed(first);
}

/** Largest difference between two lists of numbers. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
  return worst;
}
