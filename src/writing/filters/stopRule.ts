import type { UnitKind } from '../../text/units';

/** How much is written in one go. */
export const STOP_RULES = ['clause', 'sentence', 'paragraph'] as const;
export type StopRule = (typeof STOP_RULES)[number];

/** A unit that has ended in the generated text. Its end is an offset into that text. */
export interface EndedUnit {
  readonly end: number;
  readonly kind: UnitKind;
  /** It was ended by what begins the next block (a list marker, a heading's #, a fence). */
  readonly byNextBlock: boolean;
}

const CONTENT = /[\p{L}\p{N}]/u;
/** A comma, semicolon, colon or dash that is followed by white space: the end of a clause. */
const CLAUSE = /(?:[,;:，；：、]|\s[–—-]|[–—])(?=\s)/gu;

/**
 * Where the generated text reaches the end of its clause, sentence or paragraph: the length to keep, or undefined while it goes on.
 * A stop before the first letter ends what was already there, not what is written now, and does not count.
 */
export function stopEnd(rule: StopRule, text: string, ended: readonly EndedUnit[]): number | undefined {
  const unit = ended.find(
    ({ end, kind, byNextBlock }) =>
      CONTENT.test(text.slice(0, end)) &&
      (rule !== 'paragraph' || byNextBlock || blankLineAt(text, end) || kind.startsWith('heading')),
  );
  const clause = rule === 'clause' ? clauseEnd(text) : undefined;
  const at = Math.min(unit?.end ?? Infinity, clause ?? Infinity);
  return at === Infinity ? undefined : text.slice(0, at).trimEnd().length;
}

function clauseEnd(text: string): number | undefined {
  for (const match of text.matchAll(CLAUSE)) {
    if (CONTENT.test(text.slice(0, match.index))) return match.index + match[0].length;
  }
  return undefined;
}

/** Whether a blank line ends the paragraph at `end`: the unit itself may end with the first of the two line breaks. */
function blankLineAt(text: string, end: number): boolean {
  const space = /\s*$/.exec(text.slice(0, end))![0] + /^\s*/.exec(text.slice(end))![0];
  return /\n[ \t]*\n/.test(space);
}

/** The length to keep of a text that was cut off by the token limit: without its last word, which may be half a word. */
export function wholeWordsEnd(text: string): number {
  const lastSpace = /\s\S*$/.exec(text);
  if (lastSpace === null) return 0;
  return text.slice(0, lastSpace.index).trimEnd().length;
}
