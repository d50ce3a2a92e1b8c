import { lastParagraph, withoutCode } from '../guards';
import type { Filter } from './filter';
import { runsOf } from './openMark';

/** Marks that close, and what opens them. */
const OPENERS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{', '”': '“', '»': '«' };
/** What closes in pairs only. (In some languages » opens, and a quotation may go over paragraphs.) */
const ONLY_CLOSE = new Set([')', ']', '}']);
/** Before a bracket that belongs to an enumeration "a)" or a face ":)". */
const BY_ITSELF = /(?:(?:^|\s)(?:\p{L}|\p{N}{1,3}|[ivx]{1,4})|[:;]-?)$/u;
/** Marks that open and close alike. */
const ALIKE = ['***', '**', '*', '___', '__', '_', '~~', '"', '$'];
const BLANK_LINE = /\n[^\S\n]*(?:\n|$)/;
/** A stop at the beginning of what follows; "![" begins an image. */
const STOP_BEHIND = /^(?:[.,;:?]|!(?!\[))/;
/** A stop and what closes behind it. */
const MARKS = /^[^\p{L}\p{N}\s]+/u;
/** A stop at the end, which is not part of an abbreviation or of dots. */
const STOP = /(?<!\.\p{L}|\betc|\.)[.,;:!?]$/u;
/** The same before a full stop, which is that of an abbreviation as well. */
const STOP_BEFORE_FULL_STOP = /(?<!\.)[.,;:!?]$/;

/**
 * Cuts a completion where it closes what the text after the cursor closes too, at once or later in the paragraph, or what nothing has opened, and takes off a stop that
 * follows as well. Editors set the second bracket or quote when the first is typed; the LM, which does not read what follows, sets its own.
 */
export const cutAtClosing: Filter = (text, { before, after }) => {
  const paragraph = lastParagraph(before);
  const [rest = ''] = after.split(BLANK_LINE, 1);
  const parts = [withoutCode(paragraph), withoutCode(text), withoutCode(rest)] as const;
  const places = [
    ...Object.keys(OPENERS).map((closer) => bracketClosing(closer, ...parts)),
    ...ALIKE.map((mark) => alikeClosing(mark, paragraph, text, rest)),
  ].filter((at) => at !== undefined);
  const cut = places.length === 0 ? text : text.slice(0, Math.min(...places)).trimEnd();
  const kept = STOP_BEHIND.test(after) ? withoutStop(cut, after) : cut;
  if (kept === text) return { text };
  return kept.trim() === '' ? { drop: 'repeats-suffix' } : { text: kept };
};

/** Takes off a stop, with the marks behind it that follow as well: `."` before `."`. */
function withoutStop(text: string, after: string): string {
  const [marks] = MARKS.exec(after)!;
  for (let length = marks.length; length > 1; length--) {
    if (text.endsWith(marks.slice(0, length))) return text.slice(0, -length);
  }
  return text.replace(after[0] === '.' ? STOP_BEFORE_FULL_STOP : STOP, '');
}

/** Where a text closes a bracket that the rest of the paragraph closes, or that nothing has opened, if it does. */
function bracketClosing(closer: string, paragraph: string, text: string, rest: string): number | undefined {
  const behind = bracketsIn(rest, closer).closed.length;
  const { open } = bracketsIn(paragraph, closer);
  const own = bracketsIn(text, closer);
  const isUnopened = ONLY_CLOSE.has(closer) && own.closed.length > open;
  const isOpenAgain = Math.max(0, open - own.closed.length) + own.open >= behind;
  if (isOpenAgain && !isUnopened) return undefined;
  const isPair = open > 0 || rest.startsWith(closer);
  return own.closed.filter((at) => isPair || !BY_ITSELF.test(text.slice(0, at)))[Math.max(0, open - behind)];
}

/** How many brackets of a kind are open at the end of a text, and where it closes those that were not opened in it. */
function bracketsIn(text: string, closer: string): { open: number; closed: number[] } {
  const opener = OPENERS[closer]!;
  let open = 0;
  const closed: number[] = [];
  for (let i = 0; i < text.length; i++) {
    if (text[i] === opener) open++;
    else if (text[i] !== closer) continue;
    else if (open > 0) open--;
    else closed.push(i);
  }
  return { open, closed };
}

/** Where a text closes a mark that is open in the paragraph and that the rest of the paragraph closes, if it does. */
function alikeClosing(mark: string, paragraph: string, text: string, rest: string): number | undefined {
  const behind = runsOf(mark, rest);
  const isNext = rest.startsWith(mark) && !rest.startsWith(mark + mark[0]!);
  if (!isNext && (behind.length % 2 === 0 || /\s/.test(rest[behind[0]! - 1] ?? ' '))) return undefined;
  const whole = paragraph + text;
  const places = runsOf(mark, whole);
  const isOpen = places.filter((at) => at < paragraph.length).length % 2 === 1;
  const isOpenAgain = places.length % 2 === 1;
  const at = places.find((place) => place >= paragraph.length && !/\s/.test(whole[place - 1] ?? ' '));
  return isOpen && !isOpenAgain && at !== undefined ? at - paragraph.length : undefined;
}
