import { expect, it } from 'vitest';
import { GraphBuilder, nn, ops, tensor, type Graph, type TensorData, type Value } from '../../../../src/graph';
import { floatTensor, maskWithCache, noise, runtime } from '../support';
import { expectAlike, runOn, same, tf, tfjs } from './support';

const [WIDTH, HEADS, KV_HEADS, INNER] = [16, 4, 2, 40];

/** A decoder block over new tokens [T, WIDTH] and S cached ones, with rotary embedding, its weights from `weight`. */
function block(x: Value, cache: { keys: Value; values: Value; length: Value; cos: Value; sin: Value }): Value {
  const { builder } = x;
  const d = WIDTH / HEADS;
  const weight = (name: string, ...shape: number[]): Value => builder.weight(name, 'float32', shape);
  const h = nn.rmsNorm(x, weight('before', WIDTH), 1e-5);
  const part = (name: string, heads: number): Value =>
    nn.splitHeads(nn.linear(h, weight(name, heads * d, WIDTH)), heads);
  const mixed = nn.attention({
    query: nn.rotary(part('q', HEADS), cache.cos, cache.sin),
    key: nn.rotary(part('k', KV_HEADS), cache.cos, cache.sin),
    value: part('v', KV_HEADS),
    cachedKeys: cache.keys,
    cachedValues: cache.values,
    mask: maskWithCache(cache.keys, cache.length, x, 0, HEADS / KV_HEADS),
  });
  const y = ops.add(x, nn.linear(nn.mergeHeads(mixed), weight('o', WIDTH, WIDTH), weight('bias', WIDTH)));
  const inner = nn.rmsNorm(y, weight('between', WIDTH), 1e-5);
  const gated = nn.swiglu(nn.linear(inner, weight('gate', INNER, WIDTH)), nn.linear(inner, weight('up', INNER, WIDTH)));
  return ops.add(y, nn.linear(gated, weight('down', WIDTH, INNER)));
}

function blockGraph(): Graph {
  const builder = new GraphBuilder('block');
  const d = WIDTH / HEADS;
  const x = builder.input('x', 'float32', ['T', WIDTH]);
  const cache = {
    keys: builder.input('keys', 'float32', [KV_HEADS, 'S', d]),
    values: builder.input('values', 'float32', [KV_HEADS, 'S', d]),
    length: builder.input('length', 'int32', []),
    cos: builder.input('cos', 'float32', ['T', d]),
    sin: builder.input('sin', 'float32', ['T', d]),
  };
  const y = block(x, cache);
  builder.output('y', y);
  builder.output('p', ops.softmax(ops.slice(y, 0, -1)));
  builder.output('best', ops.argMax(y));
  return builder.build();
}

function blockFeeds(tokens: number, slots: number) {
  const d = WIDTH / HEADS;
  return {
    x: floatTensor(noise(tokens * WIDTH, 1), [tokens, WIDTH]),
    keys: floatTensor(noise(KV_HEADS * slots * d, 2), [KV_HEADS, slots, d]),
    values: floatTensor(noise(KV_HEADS * slots * d, 3), [KV_HEADS, slots, d]),
    length: tensor('int32', Int32Array.of(slots - 2), []),
    cos: floatTensor(noise(tokens * d, 4), [tokens, d]),
    sin: floatTensor(noise(tokens * d, 5), [tokens, d]),
  };
}

function weightsOf(graph: Graph): Map<string, TensorData> {
  return new Map(
    graph.weights.map(({ name, shape }, i) => [
      name,
      noise(
        (shape as number[]).reduce((a, b) => a * b, 1),
        10 + i,
      ),
    ]),
  );
}

it('a decoder block over a cache of any length gives what onnxruntime gives', async () => {
  const graph = blockGraph();
  const weights = weightsOf(graph);
  const ours = await tfjs.createSession(graph, { weights });
  const theirs = await runtime.createSession(graph, { weights, threads: 1 });
  for (const [tokens, slots] of [
    [1, 5],
    [7, 3],
    [4, 12],
  ] as const) {
    const feeds = blockFeeds(tokens, slots);
    const [got, wanted] = [await ours.run(feeds), await theirs.run(feeds)];
    for (const [name, value] of wanted) expectAlike(got.get(name), value);
  }
  await ours.dispose();
  await theirs.dispose();
});

it('holds the same memory after every run', async () => {
  const graph = blockGraph();
  const before = tf.memory();
  const session = await tfjs.createSession(graph, { weights: weightsOf(graph), keepOnDevice: ['y'] });
  const feeds = blockFeeds(6, 8);
  let previous = (await session.run(feeds)).get('y');
  const after: { numTensors: number; numDataBuffers: number; numBytes: number }[] = [];
  for (let i = 0; i < 50; i++) {
    const outputs = await session.run({ ...feeds, x: previous! });
    if (previous?.location === 'device') previous.dispose();
    previous = outputs.get('y');
    const { numTensors, numDataBuffers, numBytes } = tf.memory();
    after.push({ numTensors, numDataBuffers, numBytes });
  }
  expect(new Set(after.map((memory) => JSON.stringify(memory))).size).toBe(1);
  if (previous?.location === 'device') previous.dispose();
  await session.dispose();
  expect(tf.memory().numTensors).toBe(before.numTensors);
  expect(tf.memory().numBytes).toBe(before.numBytes);
});

it('frees what has no reader left while it still runs', async () => {
  // Ten products one after the other: two of them are needed at a time.
  const size = 64;
  const builder = new GraphBuilder('chain');
  let x = builder.input('x', 'float32', [size, size]);
  for (let i = 0; i < 10; i++) x = ops.tanh(x);
  builder.output('y', x);
  const most = await peakTensors(builder.build(), size);
  expect(most).toBeLessThanOrEqual(3);
});

/** The largest number of tensors at any moment of a run, over what there was before. */
async function peakTensors(graph: Graph, size: number): Promise<number> {
  const before = tf.memory().numTensors;
  let most = 0;
  const { tanh } = tf;
  const watched = {
    ...tf,
    tanh: (...args: Parameters<typeof tanh>) => {
      const result = tanh(...args);
      most = Math.max(most, tf.memory().numTensors - before);
      return result;
    },
  } as typeof tf;
  const { TfjsRuntime } = await import('../../../../src/graph/tfjs');
  await runOn(TfjsRuntime.over(watched), graph, { x: floatTensor(noise(size * size), [size, size]) });
  return most;
}

it('computes a cross-entropy', async () => {
  const feeds = {
    logits: floatTensor(
      noise(5 * 7).map((value) => value * 20),
      [5, 7],
    ),
    targets: tensor('int32', Int32Array.of(0, 6, 3, 3, 2), [5]),
    weights: floatTensor([1, 0, 2, 0.5, 1], [5]),
  };
  await same(feeds, (v) => [
    nn.crossEntropy(v.logits!, v.targets!, v.weights!),
    nn.negativeLogLikelihood(v.logits!, v.targets!),
  ]);
});
