import type { Place } from './place';
import type { Suggestion } from './suggestion';

/** What may be shown. */
export interface Manners {
  /** Whether a suggestion may go beyond the end of its line. */
  readonly lines: boolean;
}

/** Indentation, block quotes and list markers with nothing after them yet: white space there would shift the list, or compete with Tab. */
const AT_INDENT = /^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)]|#{1,6})[ \t]+(?:\[[ xX]\][ \t]+)?)?$/;
const CONTENT = /[\p{L}\p{N}]/u;
/** What is nothing without the lines below: the beginning of a fence, a table or HTML. */
const BEGINNING = /^[ \t>]*(?:`{3}|~{3}|\||<)/;
/** Longest line that is looked at; a paragraph is one line, and what stands at its far ends decides nothing here. */
const LINE = 1000;

/**
 * What of a suggestion is shown at a place, in the document as it is now; undefined where nothing is. The engine has its own filters; but since it was asked,
 * a part of the suggestion was typed, and the rest meets what stands around the cursor in another way.
 */
export function presentable(
  suggestion: Suggestion,
  { text, offset }: Place,
  { lines }: Manners,
): Suggestion | undefined {
  const before = lineBefore(text, offset);
  const after = lineAfter(text, offset);
  const { text: whole } = suggestion;
  const end = lines ? -1 : whole.search(/[\r\n]/);
  // What the line break behind it would make of a stop, a rule or two spaces is not to be seen without it.
  const line = whole.slice(0, end);
  if (end >= 0 && (!CONTENT.test(line) || BEGINNING.test(before + line))) return undefined;
  const shown = end < 0 ? whole : line.trimEnd();
  if (shown.trim() === '') return undefined;
  if (/^\s/.test(shown) && AT_INDENT.test(before)) return undefined;
  if (repeats(shown, after)) return undefined;
  return shown === whole ? suggestion : { ...suggestion, text: shown };
}

/** Whether the rest of the line begins with the suggestion already. */
function repeats(shown: string, after: string): boolean {
  const [own, rest] = [shown.trim(), after.trimStart()];
  if (!rest.startsWith(own)) return false;
  // "in" does not repeat "into".
  return !/[\p{L}\p{N}]$/u.test(own) || !/^[\p{L}\p{N}]/u.test(rest.slice(own.length));
}

function lineBefore(text: string, offset: number): string {
  const near = text.slice(Math.max(0, offset - LINE), offset);
  return near.slice(near.lastIndexOf('\n') + 1);
}

function lineAfter(text: string, offset: number): string {
  const near = text.slice(offset, offset + LINE);
  return near.slice(0, near.search(/[\r\n]|$/));
}
