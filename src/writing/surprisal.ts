/** Below float32's resolution near zero a probability says nothing more; 2^-40 keeps a bit count finite. */
const LEAST = 2 ** -40;

/** Surprisal in bits of an event of this probability: 0 for a certain one, 7 for one in 128. */
export function surprisal(probability: number): number {
  return Math.max(0, -Math.log2(Math.max(probability, LEAST)));
}

/**
 * Whether a unit is one the plan did not expect: less probable than under a uniform choice among all labels
 * (7 bits for 128 labels), which a planner that knows anything grants only to what surprises it.
 */
export function isSurprising(bits: number, labelCount: number): boolean {
  return bits > Math.log2(labelCount);
}
