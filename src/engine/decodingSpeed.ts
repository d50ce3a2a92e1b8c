import { NoNumbersError } from '../model/errors';
import type { KVCache } from '../model/kvCache';
import type { PlannerLM } from '../model/plannerLm';

/** How fast a device is, in milliseconds. One that loses at single tokens, where each costs a round trip, can win by far at many at once. */
export interface Speed {
  /** Per token when they are decoded one by one: what writing waits for. */
  readonly token: number;
  /** For a block of tokens that is read at once, as fine-tuning reads them. */
  readonly block: number;
}

/** Tokens that are decoded: the first few prepare the kernels and are not measured. */
const WARM_UP = 4;
const MEASURED = 8;
/** Tokens of a block, where a cache holds as many. */
const BLOCK = 256;

/**
 * Embeds a sentence, decodes a few tokens of a short context and reads a block twice: the first run prepares the kernels.
 * @throws {Error} where the device computes no numbers
 */
export async function speedOf(model: PlannerLM): Promise<Speed> {
  const token = await tokenMilliseconds(model);
  const tokens = Array.from({ length: Math.min(BLOCK, model.createCache().capacity) }, () => model.tokenizer.endOfText);
  const plan = repeated(await evenPlan(model), tokens.length);
  await read(model, model.createCache(), tokens, plan);
  const began = performance.now();
  await read(model, model.createCache(), tokens, plan);
  return { token, block: rounded(performance.now() - began) };
}

/**
 * Embeds a sentence and decodes a few tokens of a short context.
 * @returns milliseconds per token
 * @throws {Error} where the device computes no numbers
 */
export async function tokenMilliseconds(model: PlannerLM): Promise<number> {
  await model.embed(['This is a sentence.']);
  const plan = await evenPlan(model);
  const cache = model.createCache();
  let began = performance.now();
  for (let token = 0; token < WARM_UP + MEASURED; token++) {
    if (token === WARM_UP) began = performance.now();
    await read(model, cache, [model.tokenizer.endOfText], plan);
  }
  return rounded((performance.now() - began) / MEASURED);
}

/** @throws {Error} where the device computes no numbers */
async function read(model: PlannerLM, cache: KVCache, tokens: readonly number[], plan: Float32Array): Promise<void> {
  const finite = await model.extend(cache, tokens, plan, 'last').then(
    (logits) => logits.every(Number.isFinite),
    (error: unknown) => {
      if (error instanceof NoNumbersError) return false;
      throw error;
    },
  );
  if (!finite) throw new Error('The device computes no numbers: its driver is faulty.');
}

/** The plan vector of a position at which all labels are as probable. */
function evenPlan(model: PlannerLM): Promise<Float32Array> {
  const { count } = model.labels;
  return model.planVectors(new Float32Array(count).fill(1 / count));
}

function repeated(row: Float32Array, times: number): Float32Array {
  const rows = new Float32Array(row.length * times);
  for (let at = 0; at < rows.length; at += row.length) rows.set(row, at);
  return rows;
}

function rounded(milliseconds: number): number {
  return Number(milliseconds.toPrecision(3));
}
