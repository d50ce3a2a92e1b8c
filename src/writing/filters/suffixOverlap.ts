import type { Filter } from './filter';

/** Words looked at on each side. */
const MOST_WORDS = 40;
const CONTENT = /[\p{L}\p{N}]/u;

/**
 * Takes off what already stands after the cursor: the longest run of words that ends the completion and begins the rest of the line. A completion that
 * reaches the following words earlier is cut where it meets them; that needs two of them, but for the first word of the completion, which nobody needs twice.
 */
export const trimOverlap: Filter = (text, { before, after }) => {
  const line = words(after.slice(0, after.search(/\n|$/)));
  // A mark of its own at the beginning belongs to what is before the cursor. Behind it a single word that is the same may be chance.
  const first = Math.max(
    0,
    line.findIndex(({ word }) => CONTENT.test(word)),
  );
  const least = first > 0 ? 2 : 1;
  const rest = line.slice(first, first + MOST_WORDS);
  const own = words(text);
  if (rest.length === 0 || own.length === 0) return { text };
  const beginsWord = /^\s/.test(text) || !/[\p{L}\p{N}\p{M}'’]$/u.test(before);
  for (let i = 0; i < own.length; i++) {
    const length = matching(own, i, rest);
    const isEnd = i + length === own.length || (i === 0 && beginsWord);
    if (length < least || !(isEnd || length === rest.length || length >= 2)) continue;
    const kept = text.slice(0, own[i]!.start);
    if (kept.trim() === '') return { drop: 'repeats-suffix' };
    return { text: kept.trimEnd() };
  }
  return { text };
};

interface Word {
  readonly word: string;
  readonly start: number;
}

/** How many words from own[from] on equal the first words of `rest`. */
function matching(own: readonly Word[], from: number, rest: readonly Word[]): number {
  let length = 0;
  while (from + length < own.length && length < rest.length && own[from + length]!.word === rest[length]!.word)
    length++;
  return length;
}

/** Runs of non-space without the punctuation around them, which may differ where two texts meet. */
function words(text: string): Word[] {
  return Array.from(text.matchAll(/\S+/g), ({ 0: run, index }) => ({
    word: run.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '') || run,
    start: index,
  }));
}
