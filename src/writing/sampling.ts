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

/** A chosen token and its probability under the model itself (temperature 1, all of top-p), among the tokens allowed. */
export interface Choice {
  readonly token: number;
  readonly probability: number;
}

/**
 * Chooses the next token.
 * @param logits [V]
 * @param allowed the only tokens that may come, or undefined for all
 */
export function chooseToken(
  logits: Float32Array,
  allowed: readonly number[] | undefined,
  sampling: Sampling,
  random: RandomSource,
): Choice {
  const size = allowed?.length ?? logits.length;
  const at = (i: number): number => logits[allowed?.[i] ?? i]!;
  let best = 0;
  for (let i = 1; i < size; i++) if (at(i) > at(best)) best = i;
  const top = at(best);
  if (!Number.isFinite(top))
    throw new Error('The model computed no number for the next token: its weights are damaged.');
  let mass = 0;
  for (let i = 0; i < size; i++) mass += Math.exp(at(i) - top);
  const chosen = sampling.temperature > 0 ? sample(at, size, top, sampling, random) : best;
  return { token: allowed?.[chosen] ?? chosen, probability: Math.exp(at(chosen) - top) / mass };
}

function sample(
  at: (i: number) => number,
  size: number,
  top: number,
  { temperature, topP }: Sampling,
  random: RandomSource,
): number {
  const weights = new Float64Array(size);
  let mass = 0;
  for (let i = 0; i < size; i++) mass += weights[i] = Math.exp((at(i) - top) / temperature);
  // Tokens of negligible weight never enter the nucleus; leaving them out keeps the sort short.
  const order: number[] = [];
  for (let i = 0; i < size; i++) if (weights[i]! > mass * 1e-6) order.push(i);
  order.sort((a, b) => weights[b]! - weights[a]! || a - b);
  let nucleus = 0;
  let kept = 0;
  while (kept < order.length && nucleus < topP * mass) nucleus += weights[order[kept++]!]!;
  let left = random() * nucleus;
  for (let i = 0; i < kept; i++) {
    left -= weights[order[i]!]!;
    if (left < 0) return order[i]!;
  }
  return order[kept - 1]!;
}
