import { lastParagraph } from '../guards';
import type { Filter } from './filter';
import { runsOf } from './openMark';

/** Marks that close, and what opens them. */
const OPENERS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{', '”': '“', '»': '«' };
/** Marks that open and close alike. */
const ALIKE = /^(?:\*+|_+|~~|"|\$)/;
/** A stop at the beginning of what follows; "![" begins an image. */
const STOP_BEHIND = /^(?:[.,;:?]|!(?!\[))/;
const MARKS = /^[^\p{L}\p{N}\s]+/u;
/** A stop at the end, which is not part of an abbreviation or of dots. */
const STOP = /(?<!\.\p{L}|\betc|\.)[.,;:!?]$/u;
/** The same before a full stop, which is that of an abbreviation as well. */
const STOP_BEFORE_FULL_STOP = /(?<!\.)[.,;:!?]$/;

/**
 * Cuts a completion where it closes what the text after the cursor closes too, and takes off a stop that follows as well. Editors set the second bracket or quote
 * when the first is typed; the LM, which does not read what follows, sets its own.
 */
export const cutAtClosing: Filter = (text, { before, after }) => {
  const isBracket = OPENERS[after[0] ?? ''] !== undefined;
  const at = isBracket ? bracketClosing(text, after[0]!) : alikeClosing(text, lastParagraph(before), after);
  const cut = at < 0 ? text : text.slice(0, at).trimEnd();
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

/** Where a bracket is closed that was not opened in the text, or -1. */
function bracketClosing(text: string, closer: string): number {
  const opener = OPENERS[closer]!;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === opener) depth++;
    else if (text[i] === closer && --depth < 0) return i;
  }
  return -1;
}

/** Where a mark closes that is open in the paragraph and begins what follows, or -1. */
function alikeClosing(text: string, paragraph: string, after: string): number {
  const mark = ALIKE.exec(after)?.[0];
  if (mark === undefined) return -1;
  const whole = paragraph + text;
  const places = runsOf(mark, whole);
  const isOpen = places.filter((at) => at < paragraph.length).length % 2 === 1;
  const at = places.find((place) => place >= paragraph.length && !/\s/.test(whole[place - 1] ?? ' '));
  return isOpen && at !== undefined ? at - paragraph.length : -1;
}
