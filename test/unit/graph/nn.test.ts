import { describe, expect, it } from 'vitest';
import { nn, tensor, type CpuTensor } from '../../../src/graph';
import { compute, distance, floatTensor, maskWithCache, noise, numbers } from './support';

/** Causal attention in plain numbers: head by head, position by position. */
function reference(
  q: Float32Array,
  k: Float32Array,
  v: Float32Array,
  heads: number,
  kvHeads: number,
  total: number,
  fresh: number,
  d: number,
  window = Infinity,
): number[] {
  const result: number[] = [];
  for (let h = 0; h < heads; h++) {
    const kv = Math.floor((h * kvHeads) / heads);
    for (let t = 0; t < fresh; t++) {
      const at = total - fresh + t;
      const scores = Array.from({ length: total }, (_, j) => {
        if (j > at || j <= at - window) return -Infinity;
        let dot = 0;
        for (let i = 0; i < d; i++) dot += q[(h * fresh + t) * d + i]! * k[(kv * total + j) * d + i]!;
        return dot / Math.sqrt(d);
      });
      const top = Math.max(...scores);
      const weights = scores.map((score) => Math.exp(score - top));
      const all = weights.reduce((a, b) => a + b, 0);
      for (let i = 0; i < d; i++)
        result.push(weights.reduce((sum, w, j) => sum + (w / all) * v[(kv * total + j) * d + i]!, 0));
    }
  }
  return result;
}

/** Rows from … to − 1 of each head [heads, total, d], with empty rows up to `slots`. */
function rows(
  x: Float32Array,
  heads: number,
  total: number,
  d: number,
  from: number,
  to: number,
  slots = to - from,
): CpuTensor {
  // Slots that are not filled hold large numbers: a mask that let them through would show.
  const result = new Float32Array(heads * slots * d).fill(50);
  for (let h = 0; h < heads; h++) result.set(x.subarray((h * total + from) * d, (h * total + to) * d), h * slots * d);
  return tensor('float32', result, [heads, slots, d]);
}

describe('attention', () => {
  it.each([
    { heads: 4, kvHeads: 4 },
    { heads: 4, kvHeads: 2 },
    { heads: 6, kvHeads: 1 },
  ])(
    'over a cache and new tokens equals attention over all ($heads heads, $kvHeads of keys)',
    async ({ heads, kvHeads }) => {
      const [total, d, slots] = [11, 8, 9];
      const k = noise(kvHeads * total * d, 2);
      const v = noise(kvHeads * total * d, 3);
      for (const fresh of [1, 4]) {
        const old = total - fresh;
        const q = noise(heads * fresh * d, 4);
        const room = Math.max(slots, old);
        const feeds = {
          query: floatTensor(q, [heads, fresh, d]),
          key: rows(k, kvHeads, total, d, old, total),
          value: rows(v, kvHeads, total, d, old, total),
          cachedKeys: rows(k, kvHeads, total, d, 0, old, room),
          cachedValues: rows(v, kvHeads, total, d, 0, old, room),
          length: tensor('int32', Int32Array.of(old), []),
        };
        const [computed] = await compute(
          feeds,
          ({ query, key, value, cachedKeys, cachedValues, length }) =>
            nn.attention({
              query: query!,
              key: key!,
              value: value!,
              cachedKeys: cachedKeys!,
              cachedValues: cachedValues!,
              mask: maskWithCache(cachedKeys!, length!, query!, 1, heads / kvHeads),
            }),
          {
            query: [heads, 'T', d],
            key: [kvHeads, 'T', d],
            value: [kvHeads, 'T', d],
            cachedKeys: [kvHeads, 'S', d],
            cachedValues: [kvHeads, 'S', d],
          },
        );
        expect(computed!.value.shape).toEqual([heads, 'T', d]);
        expect(computed!.result.dims).toEqual([heads, fresh, d]);
        const wanted = reference(q, k, v, heads, kvHeads, total, fresh, d);
        expect(distance(computed!.result.data as Float32Array, wanted)).toBeLessThan(1e-5);
      }
    },
  );

  it.each([1, 3, 9])('with a banded mask sees a window only, in %d blocks', async (causalBlocks) => {
    const [heads, total, d, window] = [2, 9, 4, 3];
    const [q, k, v] = [noise(heads * total * d, 5), noise(heads * total * d, 6), noise(heads * total * d, 7)];
    const dims = [heads, total, d];
    const feeds = { query: floatTensor(q, dims), key: floatTensor(k, dims), value: floatTensor(v, dims) };
    const got = await numbers(feeds, ({ query, key, value }) =>
      nn.attention({ query: query!, key: key!, value: value!, mask: nn.causalMask(query!, 1, window), causalBlocks }),
    );
    expect(distance(got, reference(q, k, v, heads, heads, total, total, d, window))).toBeLessThan(1e-5);
  });

  it('names tokens that cannot be cut into blocks', async () => {
    const feeds = { x: floatTensor(noise(2 * 5 * 4), [2, 5, 4]) };
    const attend = compute(feeds, ({ x }) =>
      nn.attention({ query: x!, key: x!, value: x!, mask: nn.causalMask(x!, 1), causalBlocks: 2 }),
    );
    await expect(attend).rejects.toThrow('Attention(query float32 [2, 5, 4]): its tokens cannot be cut into 2 blocks.');
  });

  it('names heads that do not fit', async () => {
    const feeds = { query: floatTensor(noise(12), [3, 2, 2]), key: floatTensor(noise(8), [2, 2, 2]) };
    await expect(
      compute(feeds, ({ query, key }) => nn.attention({ query: query!, key: key!, value: key! })),
    ).rejects.toThrow('Attention(query float32 [3, 2, 2], key float32 [2, 2, 2]): heads do not fit.');
  });
});

describe('layers', () => {
  it('rmsNorm divides by the root mean square', async () => {
    const x = [3, 4, 0, 0, 1, 1, 1, 1];
    const got = await numbers({ x: floatTensor(x, [2, 4]), w: floatTensor([1, 2, 3, 4], [4]) }, ({ x, w }) =>
      nn.rmsNorm(x!, w!, 1e-5),
    );
    const [a, b] = [1 / Math.sqrt(6.25 + 1e-5), 1 / Math.sqrt(1 + 1e-5)];
    expect(distance(got, [3 * a, 8 * a, 0, 0, b, 2 * b, 3 * b, 4 * b])).toBeLessThan(1e-6);
  });

  it('linear is x @ weight^T + bias', async () => {
    const feeds = {
      x: floatTensor([1, 2], [1, 2]),
      w: floatTensor([1, 0, 0, 1, 1, 1], [3, 2]),
      b: floatTensor([10, 20, 30], [3]),
    };
    expect(await numbers(feeds, ({ x, w, b }) => nn.linear(x!, w!, b))).toEqual([11, 22, 33]);
  });

  it('swiglu is gate · sigmoid(gate) · up', async () => {
    const feeds = { gate: floatTensor([-1, 0, 2], [3]), up: floatTensor([3, 5, 7], [3]) };
    const wanted = [-3 / (1 + Math.E), 0, 14 / (1 + Math.exp(-2))];
    expect(distance(await numbers(feeds, ({ gate, up }) => nn.swiglu(gate!, up!)), wanted)).toBeLessThan(1e-6);
  });

  it('rotary turns each pair (i, i + d/2) by its angle', async () => {
    const angles = [0.3, 1.1, -0.7, 2];
    const half = (f: (angle: number) => number): number[] =>
      [0, 1].flatMap((t) => [0, 1, 0, 1].map((i) => f(angles[t * 2 + i]!)));
    const x = noise(2 * 2 * 4, 8);
    const feeds = {
      x: floatTensor(x, [2, 2, 4]),
      cos: floatTensor(half(Math.cos), [2, 4]),
      sin: floatTensor(half(Math.sin), [2, 4]),
    };
    const got = await numbers(feeds, ({ x, cos, sin }) => nn.rotary(x!, cos!, sin!), {
      x: [2, 'T', 4],
      cos: ['T', 4],
      sin: ['T', 4],
    });
    const wanted = Array.from(x, (_, at) => {
      const [pair, second] = [at % 2, at % 4 >= 2];
      const angle = angles[(Math.floor(at / 4) % 2) * 2 + pair]!;
      const start = at - (at % 4);
      const [a, b] = [x[start + pair]!, x[start + pair + 2]!];
      return second ? b * Math.cos(angle) + a * Math.sin(angle) : a * Math.cos(angle) - b * Math.sin(angle);
    });
    expect(distance(got, wanted)).toBeLessThan(1e-6);
  });

  it('splitHeads and mergeHeads undo each other', async () => {
    const x = noise(3 * 6, 9);
    const feeds = { x: floatTensor(x, [3, 6]) };
    const [heads, back] = await compute(feeds, ({ x }) => [nn.splitHeads(x!, 2), nn.mergeHeads(nn.splitHeads(x!, 2))], {
      x: ['T', 6],
    });
    expect(heads!.value.shape).toEqual([2, 'T', 3]);
    expect(Array.from(heads!.result.data.subarray(0, 6) as Float32Array)).toEqual([0, 1, 2, 6, 7, 8].map((i) => x[i]));
    expect(back!.value.shape).toEqual(['T', 6]);
    expect(back!.result.data).toEqual(x);
  });
});
