/**
 * How probable it must be that the first word of a completion is the one the writer means, for it to be shown unasked. `open` shows everything (the writer
 * asked for it). As measured on unseen documents (models/README.md).
 */
export const GATES = { open: 0, eager: 0.1, balanced: 0.25, quiet: 0.5 } as const;
export type GateLevel = keyof typeof GATES;

/** A generated token: where its text ends in the completion, and its probability. */
export interface ScoredToken {
  readonly end: number;
  readonly probability: number;
}

/** Fewer characters than this are typed sooner than read. */
export const SHORTEST = 3;
/**
 * Further words follow as long as all of them together are right with this share of the probability that the first must have. It is small: who takes the first
 * word by itself loses nothing by what stands behind it.
 */
const SHARE_OF_ALL = 0.2;

/** Once all of a completion is less probable than this, nothing more of it will be shown. */
export function leastProbability(gate: GateLevel): number {
  return SHARE_OF_ALL * GATES[gate];
}

/** How probable it is that the first `length` characters of a completion are right: the product over their tokens. */
export function probabilityOfText(tokens: readonly ScoredToken[], length: number): number {
  let product = 1;
  let start = 0;
  for (const { end, probability } of tokens) {
    if (start >= length) break;
    // Tokens that only spell again what was typed do not count.
    if (end > 0) product *= probability;
    start = end;
  }
  return product;
}

/** Confidence in a completion: how probable it is that its first word is right. 0 where it has none. */
export function confidenceOf(text: string, tokens: readonly ScoredToken[]): number {
  const [first] = wordEnds(text);
  return first === undefined ? 0 : probabilityOfText(tokens, first);
}

/** How much of a completion to show: all of it, its longest sure beginning of whole words, or nothing (0). */
export function confidentLength(text: string, tokens: readonly ScoredToken[], threshold: number): number {
  if (threshold === 0) return text.length;
  if (confidenceOf(text, tokens) < threshold) return 0;
  let length = 0;
  for (const end of wordEnds(text)) {
    if (probabilityOfText(tokens, end) < SHARE_OF_ALL * threshold) break;
    length = end;
  }
  if (text.slice(length).trim() === '') length = text.length;
  return text.slice(0, length).trim().length < SHORTEST ? 0 : length;
}

/** Where words end; punctuation by itself is none, and stands with the word behind it. */
function wordEnds(text: string): number[] {
  return Array.from(text.matchAll(/[^\p{L}\p{N}]*[\p{L}\p{N}]\S*/gu), ({ 0: word, index }) => index + word.length);
}
