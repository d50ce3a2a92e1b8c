import { splitUnits } from '../../text/units';

/** A sentence seldom begins further before the cursor; and no paragraph before this one matters. */
const LOOK_BACK = 4000;

const BLANK_LINE = /\r?\n[^\S\n]*\r?\n/g;

/** How much of a suggestion for a place is the rest of the sentence being written there, or the next one where that has ended. */
export function firstSentenceLength(text: string, offset: number, suggestion: string): number {
  const near = text.slice(Math.max(0, offset - LOOK_BACK), offset);
  const before = near.slice([...near.matchAll(BLANK_LINE)].at(-1)?.index ?? 0).trimStart();
  const first = splitUnits(before + suggestion).find(
    ({ end }) => end > before.length && /[\p{L}\p{N}]/u.test(suggestion.slice(0, end - before.length)),
  );
  return first === undefined ? suggestion.length : Math.min(suggestion.length, first.end - before.length);
}
