import type { PlannerLM } from '../model/plannerLm';

/** Tokens that are decoded: the first few prepare the kernels and are not measured. */
const WARM_UP = 4;
const MEASURED = 8;

/**
 * Embeds a sentence and decodes a few tokens of a short context.
 * @returns milliseconds per token
 * @throws {Error} where the device computes no numbers
 */
export async function tokenMilliseconds(model: PlannerLM): Promise<number> {
  await model.embed(['This is a sentence.']);
  const { count } = model.labels;
  const vector = await model.planVectors(new Float32Array(count).fill(1 / count));
  const cache = model.createCache();
  let began = performance.now();
  for (let token = 0; token < WARM_UP + MEASURED; token++) {
    if (token === WARM_UP) began = performance.now();
    const logits = await model.extend(cache, [model.tokenizer.endOfText], vector, 'last');
    if (!logits.every(Number.isFinite)) throw new Error('The device computes no numbers: its driver is faulty.');
  }
  return Number(((performance.now() - began) / MEASURED).toPrecision(3));
}
