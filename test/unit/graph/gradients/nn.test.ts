import { describe, expect, it } from 'vitest';
import { gradients, GraphBuilder, nn, ops } from '../../../../src/graph';
import { floatTensor, noise } from '../support';
import { checkGradient } from './support';

const size = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);
const random = (dims: readonly number[], seed: number) => floatTensor(noise(size(dims), seed), dims);

describe('rmsNorm', () => {
  it.each([
    [[3, 4], [4]],
    [
      [2, 3, 4],
      [2, 1, 4],
    ],
    [[1, 2], [2]],
  ])('of %j with weights %j', async (x, weight) => {
    const feeds = { x: random(x, 1), weight: random(weight, 2) };
    await checkGradient(feeds, ({ x, weight }) => nn.rmsNorm(x!, weight!, 0.1));
  });

  it('of sizes that are not known has no gradient', () => {
    const builder = new GraphBuilder('symbolic');
    const x = builder.input('x', 'float32', ['T', 4]);
    const weight = builder.input('weight', 'float32', [4]);
    const loss = ops.squeeze(ops.reduceSum(nn.rmsNorm(x, weight, 0.1), [0, 1]), [0, 1]);
    expect(() => gradients(loss, [weight])).toThrow('gradients need sizes that are numbers');
  });
});

it('silu and swiglu', async () => {
  const feeds = { gate: random([2, 3], 1), up: random([2, 3], 2) };
  await checkGradient({ gate: feeds.gate }, ({ gate }) => nn.silu(gate!));
  await checkGradient(feeds, ({ gate, up }) => nn.swiglu(gate!, up!));
});

it('rotary', async () => {
  const feeds = { x: random([2, 3, 4], 1), cos: random([3, 4], 2), sin: random([3, 4], 3) };
  await checkGradient(feeds, ({ x, cos, sin }) => nn.rotary(x!, cos!, sin!));
});

describe('attention', () => {
  const feeds = {
    query: random([4, 3, 2], 1),
    key: random([4, 3, 2], 2),
    value: random([4, 3, 2], 3),
    mask: random([3, 3], 4),
  };

  it('with a mask', async () => {
    await checkGradient(feeds, ({ query, key, value, mask }) =>
      nn.attention({ query: query!, key: key!, value: value!, mask: mask! }),
    );
  });

  it('in blocks, where later tokens are hidden', async () => {
    const sizes = { query: [2, 6, 2], key: [2, 6, 2], value: [2, 6, 2] };
    const tokens = Object.fromEntries(Object.entries(sizes).map(([name, dims], i) => [name, random(dims, i + 1)]));
    await checkGradient(tokens, ({ query, key, value }) =>
      nn.attention({ query: query!, key: key!, value: value!, mask: nn.causalMask(query!, 1), causalBlocks: 3 }),
    );
  });

  it('of queries that share keys', async () => {
    const shared = { ...feeds, key: random([2, 3, 2], 2), value: random([2, 3, 2], 3) };
    await checkGradient(shared, ({ query, key, value, mask }) =>
      nn.attention({ query: query!, key: key!, value: value!, mask: nn.perGroup(mask!, 2), scale: 0.7 }),
    );
  });

  it('with a cache', async () => {
    const cached = { ...feeds, cachedKeys: random([4, 2, 2], 5), cachedValues: random([4, 2, 2], 6) };
    await checkGradient(cached, ({ query, key, value, cachedKeys, cachedValues }) =>
      nn.attention({
        query: query!,
        key: key!,
        value: value!,
        cachedKeys: cachedKeys!,
        cachedValues: cachedValues!,
      }),
    );
  });
});
