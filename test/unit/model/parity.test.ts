import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../src/model/lm';
import { openLanguageModel, openModel } from '../../../src/model/openModel';
import type { PlannerLM } from '../../../src/model/plannerLm';
import { distance, readExpected, unpack, type LlamaExpectation, type ModelExpectation } from './expected';
import { TINY_LLAMA, TINY_MODEL } from './folders';

/** The tolerance that the project asks for, float32 against PyTorch. */
const TOLERANCE = 1e-4;
const CPU = { device: 'cpu', threads: 1 } as const;

const expected = readExpected(TINY_MODEL) as ModelExpectation;
const logits = unpack(expected.logits);
const embeddings = unpack(expected.embeddings);
const kinds = Int32Array.from(expected.kinds);
const vectors = unpack(expected.planVectors);

let model: PlannerLM;
beforeAll(async () => {
  model = await openModel(TINY_MODEL, { ...CPU, verify: true });
});
afterAll(() => model.close());

const vocabulary = (): number => model.config.lm.vocabSize;

/** Plan vectors of tokens from … to − 1, each that of its unit. */
function planOf(from: number, to: number): Float32Array {
  const width = expected.planVectors.shape[1]!;
  const plan = new Float32Array((to - from) * width);
  for (let i = from; i < to; i++) {
    const unit = expected.unitOfToken[i]!;
    plan.set(vectors.subarray(unit * width, (unit + 1) * width), (i - from) * width);
  }
  return plan;
}

const rows = (from: number, to: number): Float32Array => logits.subarray(from * vocabulary(), to * vocabulary());

describe('parity with PyTorch in float32', () => {
  it('tokenizes units alike', () => {
    const maxTokens = model.config.encoder.maxTokens;
    const ids = expected.units.map((text) => model.tokenizer.encode(text.trim()).ids.slice(0, maxTokens));
    expect(ids.map((own) => (own.length > 0 ? own : [model.tokenizer.endOfText]))).toEqual(expected.encoderTokens);
  });

  it('embeds units', async () => {
    expect(distance(await model.embed(expected.units), embeddings)).toBeLessThan(TOLERANCE);
  });

  it('observes labels', () => {
    expect([...model.observe(embeddings)]).toEqual(expected.observed);
  });

  it('plans after every unit, within the attention window', async () => {
    expect(model.config.planner.window).toBeLessThan(kinds.length);
    expect(distance(await model.plan(embeddings, kinds), unpack(expected.probabilities))).toBeLessThan(TOLERANCE);
  });

  it('turns mixtures into plan vectors', async () => {
    const { steps } = model.config.planner;
    const count = model.labels.count;
    const probabilities = unpack(expected.probabilities);
    const next = new Float32Array((kinds.length + 1) * count);
    for (let i = 0; i <= kinds.length; i++) {
      next.set(probabilities.subarray(i * steps * count, i * steps * count + count), i * count);
    }
    expect(distance(await model.planVectors(next), vectors)).toBeLessThan(TOLERANCE);
  });

  it('predicts tokens under a soft plan, all at once', async () => {
    const all = await model.extend(model.createCache(), expected.tokens, planOf(0, expected.tokens.length), 'all');
    expect(distance(all, logits)).toBeLessThan(TOLERANCE);
  });

  it('predicts tokens without a plan', async () => {
    const none = new Float32Array(planOf(0, expected.tokens.length).length);
    const last = await model.extend(model.createCache(), expected.tokens, none, 'last');
    expect(distance(last, unpack(expected.logitsWithoutPlan))).toBeLessThan(TOLERANCE);
  });
});

describe('the cache', () => {
  it('gives the same in chunks and single steps as all at once', async () => {
    const cache = model.createCache();
    const { tokens } = expected;
    const cuts = [0, 9, 10, 11, 17, 18, tokens.length];
    for (const [i, from] of cuts.slice(0, -1).entries()) {
      const to = cuts[i + 1]!;
      const chunk = await model.extend(cache, tokens.slice(from, to), planOf(from, to), 'all');
      expect(distance(chunk, rows(from, to))).toBeLessThan(TOLERANCE);
      expect(cache.length).toBe(to);
    }
  });

  it('gives the last row of all', async () => {
    const cache = model.createCache();
    const last = await model.extend(cache, expected.tokens.slice(0, 12), planOf(0, 12), 'last');
    expect(distance(last, rows(11, 12))).toBeLessThan(TOLERANCE);
  });

  it('goes on from a truncated state, whatever was there', async () => {
    const cache = model.createCache();
    await model.extend(cache, expected.tokens.slice(0, 8), planOf(0, 8), 'last');
    await model.extend(cache, [5, 6, 7, 8, 9], planOf(0, 5), 'last');
    cache.truncate(8);
    const rest = await model.extend(cache, expected.tokens.slice(8), planOf(8, expected.tokens.length), 'all');
    expect(distance(rest, rows(8, expected.tokens.length))).toBeLessThan(TOLERANCE);
    cache.truncate(0);
    const first = await model.extend(cache, expected.tokens.slice(0, 1), planOf(0, 1), 'last');
    expect(distance(first, rows(0, 1))).toBeLessThan(TOLERANCE);
  });

  it('refuses what does not fit and stays as it was', async () => {
    const cache = model.createCache();
    await model.extend(cache, expected.tokens.slice(0, 8), planOf(0, 8), 'last');
    const tooMany = Array.from({ length: cache.capacity }, () => 1);
    const width = planOf(0, 1).length;
    await expect(model.extend(cache, tooMany, new Float32Array(cache.capacity * width), 'last')).rejects.toThrow(
      'do not fit',
    );
    await expect(model.extend(cache, [vocabulary()], planOf(0, 1), 'last')).rejects.toThrow(RangeError);
    await expect(model.extend(cache, [], new Float32Array(0), 'last')).rejects.toThrow(RangeError);
    await expect(model.extend(cache, [1], new Float32Array(3), 'last')).rejects.toThrow(RangeError);
    expect(() => cache.truncate(9)).toThrow(RangeError);
    expect(cache.length).toBe(8);
    const next = await model.extend(cache, expected.tokens.slice(8, 9), planOf(8, 9), 'last');
    expect(distance(next, rows(8, 9))).toBeLessThan(TOLERANCE);
  });

  it('fills to its capacity', async () => {
    const cache = model.createCache();
    const tokens = Array.from({ length: cache.capacity }, (_, i) => i % vocabulary());
    const width = planOf(0, 1).length;
    const all = await model.extend(cache, tokens, new Float32Array(tokens.length * width), 'all');
    const again = model.createCache();
    let last = new Float32Array(0);
    for (const token of tokens)
      last = (await model.extend(again, [token], new Float32Array(width), 'last')) as Float32Array<ArrayBuffer>;
    expect(distance(last, all.subarray(-vocabulary()))).toBeLessThan(TOLERANCE);
    expect(cache.length).toBe(cache.capacity);
  });
});

describe('independence', () => {
  it("keeps a unit's embedding the same alone and beside others", async () => {
    for (const [i, text] of expected.units.entries()) {
      const size = model.config.encoder.embeddingSize;
      expect(distance(await model.embed([text]), embeddings.subarray(i * size, (i + 1) * size))).toBeLessThan(1e-5);
    }
    expect(await model.embed([])).toHaveLength(0);
  });

  it('keeps plans the same when units follow, and when only the last are asked for', async () => {
    const size = model.config.encoder.embeddingSize;
    const width = model.config.planner.steps * model.labels.count;
    const whole = await model.plan(embeddings, kinds);
    const prefix = await model.plan(embeddings.subarray(0, 5 * size), kinds.subarray(0, 5));
    expect(distance(prefix, whole.subarray(0, 6 * width))).toBeLessThan(1e-5);
    for (const from of [0, 1, 6, kinds.length]) {
      expect(distance(await model.plan(embeddings, kinds, from), whole.subarray(from * width))).toBeLessThan(1e-5);
    }
  });

  it('sees exactly as far back as window and layers reach', async () => {
    const { layers, window } = model.config.planner;
    const size = model.config.encoder.embeddingSize;
    const width = model.config.planner.steps * model.labels.count;
    // Position n reads units n − reach − 1 … n − 1; the unit before those cannot matter, the first of them does.
    const reach = layers * (window - 1);
    const whole = (await model.plan(embeddings, kinds)).slice(-width);
    const changed = async (unit: number): Promise<number> => {
      const other = embeddings.slice();
      for (let j = 0; j < size; j++) other[unit * size + j]! *= -3;
      return distance((await model.plan(other, kinds)).slice(-width), whole);
    };
    expect(await changed(kinds.length - reach - 2)).toBeLessThan(1e-6);
    expect(await changed(kinds.length - reach - 1)).toBeGreaterThan(1e-6);
  });

  it('plans a document of many runs as one of few', async () => {
    const size = model.config.encoder.embeddingSize;
    const width = model.config.planner.steps * model.labels.count;
    const count = 600;
    const many = new Float32Array(count * size);
    for (let i = 0; i < count; i++) many.set(embeddings.subarray((i % 12) * size, ((i % 12) + 1) * size), i * size);
    const manyKinds = Int32Array.from({ length: count }, (_, i) => i % 17);
    const whole = await model.plan(many, manyKinds);
    for (const from of [255, 256, 257, 512, 600]) {
      const row = await model.plan(many, manyKinds, from);
      expect(distance(row.subarray(0, width), whole.subarray(from * width, (from + 1) * width))).toBeLessThan(1e-5);
    }
  });

  it('has a plan before the first unit', async () => {
    const start = await model.plan(new Float32Array(0), new Int32Array(0));
    expect(distance(start, unpack(expected.probabilities).subarray(0, start.length))).toBeLessThan(TOLERANCE);
  });
});

describe('a plain Hugging Face Llama', () => {
  let llama: LanguageModel;
  const own = readExpected(TINY_LLAMA) as LlamaExpectation;
  beforeAll(async () => {
    llama = await openLanguageModel(TINY_LLAMA, CPU);
  });
  afterAll(() => llama.dispose());

  it('is read from bfloat16 shards with its own head and one key head', async () => {
    const all = await llama.extend(llama.createCache(), own.tokens, new Float32Array(0), 'all');
    expect(distance(all, unpack(own.logits))).toBeLessThan(TOLERANCE);
  });

  it('decodes token by token', async () => {
    const cache = llama.createCache();
    for (const [i, token] of own.tokens.entries()) {
      const row = await llama.extend(cache, [token], new Float32Array(0), 'last');
      expect(distance(row, unpack(own.logits).subarray(i * 96, (i + 1) * 96))).toBeLessThan(TOLERANCE);
    }
  });
});

describe('quantised weights', () => {
  /** Mean Kullback-Leibler divergence of the quantised model's predictions from the reference's, in nats. */
  async function divergence(weights: 'int8' | 'int4'): Promise<number> {
    const quantised = await openModel(TINY_MODEL, { ...CPU, weights });
    const own = await quantised.extend(
      quantised.createCache(),
      expected.tokens,
      planOf(0, expected.tokens.length),
      'all',
    );
    await quantised.close();
    let total = 0;
    for (let i = 0; i < expected.tokens.length; i++) {
      const p = logProbabilities(rows(i, i + 1));
      const q = logProbabilities(own.subarray(i * vocabulary(), (i + 1) * vocabulary()));
      total += p.reduce((sum, value, k) => sum + Math.exp(value) * (value - q[k]!), 0);
    }
    return total / expected.tokens.length;
  }

  function logProbabilities(row: Float32Array): Float64Array {
    const most = Math.max(...row);
    const norm = Math.log(row.reduce((sum, value) => sum + Math.exp(value - most), 0)) + most;
    return Float64Array.from(row, (value) => value - norm);
  }

  it('int8 is close', async () => {
    expect(await divergence('int8')).toBeLessThan(0.002);
  });

  it('int4 is near', async () => {
    const four = await divergence('int4');
    expect(four).toBeLessThan(0.2);
    expect(four).toBeGreaterThan(await divergence('int8'));
  });
});
