import { NoNumbersError } from '../model/errors';

/** Random numbers in [0, 1), the same ones for the same seed. */
export type RandomSource = () => number;

/** mulberry32 (Tommy Ettinger, public domain): 32 bits of state, good enough to choose words with. */
export function seededRandom(seed: number): RandomSource {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Sampling {
  /** 0 takes the most probable token (greedy); 1 samples from the model's own distribution. */
  readonly temperature: number;
  /** Only the most probable tokens that together reach this mass are sampled from; in (0, 1]. */
  readonly topP: number;
}

/**
 * Chooses the next token.
 * @param logits [V]
 * @param allowed the only tokens that may come, or undefined for all
 * @throws {NoNumbersError} where one of them is NaN, or the largest infinite
 */
export function chooseToken(
  logits: Float32Array,
  allowed: readonly number[] | undefined,
  sampling: Sampling,
  random: RandomSource,
): number {
  const values = allowed ? Float32Array.from(allowed, (token) => logits[token]!) : logits;
  let best = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) throw new NoNumbersError();
    if (values[i]! > values[best]!) best = i;
  }
  if (!Number.isFinite(values[best]!)) throw new NoNumbersError();
  const chosen = sampling.temperature > 0 ? sample(values, values[best]!, sampling, random) : best;
  return allowed?.[chosen] ?? chosen;
}

/** Probability of a token under the model itself (temperature 1, all of top-p), among the tokens allowed. */
export function probabilityOf(token: number, logits: Float32Array, allowed: readonly number[] | undefined): number {
  const own = logits[token]!;
  let mass = 0;
  // Against the token's own logit: what lies far above it makes the sum infinite and the probability 0, as it should be.
  if (allowed) for (const other of allowed) mass += Math.exp(logits[other]! - own);
  else for (let i = 0; i < logits.length; i++) mass += Math.exp(logits[i]! - own);
  return 1 / mass;
}

/** A token this much less probable than the most probable one (a factor of e^-14) is never drawn: its exponential need not be computed. */
const NEGLIGIBLE = 14;

function sample(values: Float32Array, top: number, { temperature, topP }: Sampling, random: RandomSource): number {
  const least = top - NEGLIGIBLE * temperature;
  const weights = new Float64Array(values.length);
  let mass = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    // Where the temperature is next to nothing, `least` is the maximum itself.
    if (values[i]! < least) continue;
    weights[i] = Math.exp((values[i]! - top) / temperature);
    mass += weights[i]!;
    count++;
  }
  // Together those below weigh less than what the nucleus leaves out: they need not be sorted.
  const lightest = ((1 - topP) * mass) / count;
  const order: number[] = [];
  for (let i = 0; i < weights.length; i++) if (weights[i]! > 0 && weights[i]! >= lightest) order.push(i);
  order.sort((a, b) => values[b]! - values[a]! || a - b);
  let nucleus = 0;
  let kept = 0;
  do nucleus += weights[order[kept++]!]!;
  while (kept < order.length && nucleus < topP * mass);
  let left = random() * nucleus;
  for (let i = 0; i < kept; i++) {
    left -= weights[order[i]!]!;
    if (left < 0) return order[i]!;
  }
  return order[kept - 1]!;
}
