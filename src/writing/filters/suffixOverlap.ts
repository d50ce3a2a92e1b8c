import type { Filter } from './filter';

/** Words looked at on each side. */
const MOST_WORDS = 40;
const CONTENT = /[\p{L}\p{N}]/u;

/**
 * Takes off what already stands after the cursor: the longest run of words that ends the completion and begins the rest of the line. A completion that
 * reaches the following words earlier is cut where it meets most of them; that needs two. Where it meets none, its own first word must not be the
 * first of them: nobody needs that twice.
 */
export const trimOverlap: Filter = (text, { before, after }) => {
  const line = words(after.slice(0, after.search(/\n|$/)));
  // A mark of its own at the beginning belongs to what is before the cursor. Behind it a single word that is the same may be chance.
  const first = Math.max(
    0,
    line.findIndex(({ word }) => CONTENT.test(word)),
  );
  const rest = line.slice(first, first + MOST_WORDS);
  const own = words(text);
  if (rest.length === 0 || own.length === 0) return { text };
  let most = 0;
  let cut: number | undefined;
  for (const [i, word] of own.entries()) {
    const start = meeting(word, rest[0]!);
    if (start === undefined) continue;
    const length = matching(own, i, rest);
    const [isEnd, isAll] = [i + length === own.length, length === rest.length];
    const isEnough = length >= 2 || (isEnd && isAll) || (first === 0 && (isEnd || isAll));
    if (length <= most || !isEnough) continue;
    most = length;
    cut = start;
  }
  const beginsWord = /^\s/.test(text) || !/[\p{L}\p{N}\p{M}'’]$/u.test(before);
  if (cut === undefined && beginsWord && first === 0 && own[0]!.word === rest[0]!.word) cut = 0;
  if (cut === undefined) return { text };
  const mark = after.slice(0, rest[0]!.start).trim();
  const met = text.slice(0, cut).trimEnd();
  const kept = met.endsWith(mark) ? met.slice(0, met.length - mark.length).trimEnd() : met;
  return kept === '' ? { drop: 'repeats-suffix' } : { text: kept };
};

interface Word {
  readonly word: string;
  /** The same with the punctuation before it. */
  readonly marked: string;
  readonly start: number;
}

/** Where the first word that follows begins in one of the completion's: at its beginning, or behind "user" in "user-mode" if "-mode" follows. */
function meeting(own: Word, following: Word): number | undefined {
  if (own.word === following.word) return own.start;
  const isPart = following.marked !== following.word && own.marked.endsWith(following.marked);
  return isPart ? own.start + own.marked.length - following.marked.length : undefined;
}

/** How many words from own[from] on, which is met by the first of `rest`, equal those of `rest`. */
function matching(own: readonly Word[], from: number, rest: readonly Word[]): number {
  let length = 1;
  while (from + length < own.length && length < rest.length && own[from + length]!.word === rest[length]!.word)
    length++;
  return length;
}

/** Runs of non-space without the punctuation around them, which may differ where two texts meet; a link's target is a run of its own. */
function words(text: string): Word[] {
  return Array.from(text.matchAll(/\S+?(?=\]\()|\S+/g), ({ 0: run, index }) => {
    const marked = run.replace(/[^\p{L}\p{N}]+$/u, '') || run;
    return { word: marked.replace(/^[^\p{L}\p{N}]+(?=[\p{L}\p{N}])/u, ''), marked, start: index };
  });
}
