import type { Filter } from './filter';

/** Longest period, in words, of a loop that is looked for. */
const LONGEST_PERIOD = 24;
/** So many words once more are a loop wherever a completion has said them itself: the second round need not be complete. */
const SAID_BEFORE = 6;
/** Rounds of marks alone that are a loop: fewer may be a rule, or what stands in the place of something. */
const ROUNDS_OF_MARKS = 6;
/** Words of the text before the cursor that can be part of a loop. */
const LOOKS_BACK = 24;

/**
 * Where a text begins to go round in circles: the offset of the first repeated round, or undefined. A loop is one word three times, or
 * several words twice, at the end of `text`; its first round may lie in the text before. Where both rounds are in `text` six words of the second are
 * enough. (Before the cursor they are not: people write lists whose items begin alike.)
 */
export function repetitionStart(before: string, text: string): number | undefined {
  const earlier = words(before.slice(-400)).slice(-LOOKS_BACK);
  const own = words(text);
  const all = [...earlier.map(({ word }) => word), ...own.map(({ word }) => word)];
  for (let period = 1; period <= LONGEST_PERIOD; period++) {
    let run = 0;
    for (let i = all.length - 1; i >= period && all[i] === all[i - period]; i--) run++;
    if (run === 0) continue;
    const isOfMarks = !all.slice(-period).some((word) => /[\p{L}\p{N}]/u.test(word));
    const rounds = isOfMarks ? ROUNDS_OF_MARKS : period === 1 ? 3 : period <= 3 ? 2.5 : 2;
    const needed = Math.ceil(period * rounds);
    const isOwn = run + period <= own.length;
    if (run + period < needed && !(isOwn && run >= SAID_BEFORE)) continue;
    // `run` words repeat what stands one period before them: keep the first round only.
    const first = Math.max(0, all.length - run - earlier.length);
    const at = own[first]?.start;
    if (at !== undefined) return text.slice(0, at).trimEnd().length;
  }
  return undefined;
}

/** Cuts a completion where it begins to repeat itself, and drops one that does so from the start. */
export const cutRepetition: Filter = (text, { before }) => {
  const at = repetitionStart(before, text);
  if (at === undefined) return { text };
  return text.slice(0, at).trim() === '' ? { drop: 'repeats-itself' } : { text: text.slice(0, at) };
};

/** Words, numbers with the marks within them (127.0.0.1), and runs of marks. */
function words(text: string): { word: string; start: number }[] {
  const pieces = text.matchAll(/\p{N}+(?:[.,:/-]\p{N}+)+|[\p{L}\p{N}'’]+|[^\s\p{L}\p{N}]+/gu);
  return Array.from(pieces, (match) => ({
    word: match[0].toLowerCase(),
    start: match.index,
  }));
}
