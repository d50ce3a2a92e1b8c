import type { Filter } from './filter';

/** Marks that close, and what opens them. */
const OPENERS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{', '”': '“', '»': '«' };
/** Marks that open and close alike. */
const ALIKE = /^(?:\*+|_+|~~|"|\$)/;
const STOP = /[.,;:!?]$/;

/**
 * Cuts a completion where it closes what the text after the cursor closes too, and takes off a stop that follows as well. Editors set the second bracket or quote
 * when the first is typed; the LM, which does not read what follows, sets its own.
 */
export const cutAtClosing: Filter = (text, { unit, after }) => {
  const at = OPENERS[after[0] ?? ''] === undefined ? alikeClosing(text, unit, after) : bracketClosing(text, after[0]!);
  const cut = at < 0 ? text : text.slice(0, at).trimEnd();
  const kept = STOP.test(after[0] ?? '') ? cut.replace(STOP, '') : cut;
  if (kept === text) return { text };
  return kept.trim() === '' ? { drop: 'repeats-suffix' } : { text: kept };
};

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

/** Where a mark closes that is open in the unit and begins what follows, or -1. */
function alikeClosing(text: string, unit: string, after: string): number {
  const mark = ALIKE.exec(after)?.[0];
  if (mark === undefined || runsOf(mark, unit).length % 2 === 0) return -1;
  const before = (at: number): string => (unit + text)[unit.length + at - 1] ?? ' ';
  return runsOf(mark, text).find((at) => !/\s/.test(before(at))) ?? -1;
}

/** Where a text has this mark, and no longer one of the same kind. */
function runsOf(mark: string, text: string): number[] {
  const kind = mark[0]!.replace(/[*$]/, '\\$&');
  return Array.from(text.matchAll(new RegExp(`${kind}+`, 'g')))
    .filter(({ 0: run, index }) => run === mark && text[index - 1] !== '\\')
    .map(({ index }) => index);
}
