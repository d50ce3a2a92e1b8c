/**
 * How sure the model must be before a completion is shown unasked. `open` shows everything (the writer asked for it); the
 * others let through only text whose confidence reaches the threshold.
 */
export const GATES = { open: 0, balanced: 0.4, strict: 0.6 } as const;
export type GateLevel = keyof typeof GATES;

/** A generated token: where its text ends in the completion, and its probability. */
export interface ScoredToken {
  readonly end: number;
  readonly probability: number;
}

/** Fewer characters than this are typed sooner than read. */
const SHORTEST = 3;

/**
 * Confidence in the first `length` characters of a completion: the geometric mean of the probabilities of their tokens, that is exp of the mean
 * log-probability, so that a long text is not less sure for being long. Tokens that only spell again what was typed do not count.
 */
export function confidenceOf(tokens: readonly ScoredToken[], length: number): number {
  let logs = 0;
  let count = 0;
  let start = 0;
  for (const { end, probability } of tokens) {
    if (start >= length) break;
    if (end > start) {
      logs += Math.log(Math.max(probability, 1e-12));
      count++;
    }
    start = end;
  }
  return count === 0 ? 0 : Math.exp(logs / count);
}

/**
 * How much of a completion to show: all of it where it is sure enough, else its longest beginning of whole words that is.
 * 0 where there is none.
 */
export function confidentLength(text: string, tokens: readonly ScoredToken[], threshold: number): number {
  if (confidenceOf(tokens, text.length) >= threshold) return text.length;
  for (let length = text.length - 1; length >= SHORTEST; length--) {
    const atWordEnd = /\s/.test(text[length]!) && !/\s/.test(text[length - 1]!);
    if (!atWordEnd || text.slice(0, length).trim().length < SHORTEST) continue;
    if (confidenceOf(tokens, length) >= threshold) return length;
  }
  return 0;
}
