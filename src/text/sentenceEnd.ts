import { isAbbreviation, isNameWithMark } from './abbreviations';
import { Char, type CausalReader } from './causalReader';

const ELLIPSIS = 0x2026;
const CLOSERS = new Set(Array.from('"\'”’»)]}*_`~', (c) => c.charCodeAt(0)));
const WORD = /[\p{L}\p{N}.°º]/u;
/** Footnote labels and link targets longer than this are read as text: it bounds the work on a line that opens many and closes none. */
const LONGEST_LABEL = 100;
const LONGEST_TARGET = 1000;
/** How far before a dot its meaning is looked for. */
const LOOK_BACK = 40;

/** Whether `c` can end a sentence that white space follows: `.`, `?`, `!`, `…`. */
export function isTerminator(c: number): boolean {
  return c === Char.dot || c === Char.question || c === Char.exclamation || c === ELLIPSIS;
}

/** Full stops of Chinese and Japanese, which need no white space. */
export function isWideStop(c: number): boolean {
  return c === 0x3002 || c === 0xff01 || c === 0xff1f;
}

/** +1 for an opening bracket or quote of Chinese and Japanese, -1 for a closing one: inside them a wide stop does not end the sentence. */
export function wideBracket(c: number): -1 | 0 | 1 {
  switch (c) {
    case 0x300c: // 「
    case 0x300e: // 『
    case 0xff08: // （
    case 0x201c: // “
      return 1;
    case 0x300d:
    case 0x300f:
    case 0xff09:
    case 0x201d:
      return -1;
    default:
      return 0;
  }
}

/** Bullets that are not Markdown's, but that people paste: what follows one is an item of its own. */
export function isPastedBullet(c: number): boolean {
  return c === 0x2022 || c === 0x2043;
}

/** What a run of terminators turns out to be. `next`: where to read on; `ends`: whether the sentence ends at `next`; `line`: whether its line does too. */
export interface Stop {
  readonly next: number;
  readonly ends: boolean;
  readonly line: boolean;
}

/**
 * Judges the terminators at `start`: the sentence ends with, and includes, the first white space after them, closing quotes, brackets and
 * footnote references; but not after an abbreviation, an initial, a list number, an ellipsis in the middle of a line, or in an aside that
 * is closed by its bracket. The sentence began at `from` (it bounds the look back) and has `parens` open round brackets.
 */
export function judgeStop(reader: CausalReader, start: number, from: number, parens: number): Stop {
  let run = start;
  while (isTerminator(reader.at(run))) run++;
  const closed = skipClosers(reader, run);
  const behind = skipFootnotes(reader, closed);
  const c = reader.at(behind);
  const line = c === Char.lineFeed || (c === Char.carriageReturn && reader.at(behind + 1) === Char.lineFeed);
  const goesOn: Stop = { next: run, ends: false, line: false };
  if (!line && c !== Char.space && c !== Char.tab) return goesOn;
  const marks = reader.text.slice(start, run);
  // What a sentence begins with does not end it: "!!! note".
  if (!line && marks.length > 1 && reader.text.slice(from, start).trim() === '') return goesOn;
  if (parens > 0 && reader.text.slice(run, closed).includes(')')) return goesOn;
  if (marks === '.' ? isPartOfWord(reader.text, start, from, line) : !line && trailsOff(marks)) return goesOn;
  if (marks === '!' && isNameWithMark(wordBefore(reader.text, start, from))) return goesOn;
  return { next: line ? reader.nextLine(behind) : behind + 1, ends: true, line };
}

/** An ellipsis alone; four dots are an ellipsis and a stop. */
function trailsOff(marks: string): boolean {
  return marks === '..' || marks === '...' || marks === '…';
}

/** Whether the single dot at `at` belongs to what is before it on its line, in the sentence that began at `from`, rather than ending it. */
function isPartOfWord(text: string, at: number, from: number, line: boolean): boolean {
  const word = wordBefore(text, at, from);
  // As a whole sentence it is an answer rather than a number's.
  if (word === 'No' && text.slice(from, at).trim() === word) return false;
  if (isAbbreviation(word)) return true;
  const bound = Math.max(from, at - LOOK_BACK);
  // Not looked for further back, which would read a long line again at each of its stops.
  const near = text.slice(bound, at);
  const newline = near.lastIndexOf('\n');
  const before = near.slice(newline + 1);
  // "Albert I. Jones", but "you and I."
  if (word === 'I') return /\p{Lu}[\p{L}’']*\s+I$/u.test(before);
  // A dot by itself is part of a spaced ellipsis ". . ."; the fourth is the full stop.
  if (/(?:^|\s)$/.test(before)) return !line && !/(?:^|\s)\.\s\.\s\.\s$/.test(before);
  return (bound === from || newline >= 0) && /^[\s•⁃]*(?:\d{1,3}|\p{L})$/u.test(before);
}

function skipClosers(reader: CausalReader, start: number): number {
  let at = start;
  while (CLOSERS.has(reader.at(at))) at++;
  return at;
}

/** Footnote references `[^name]` belong to the sentence whose stop they follow. */
function skipFootnotes(reader: CausalReader, start: number): number {
  let at = start;
  for (let behind = skipFootnote(reader, at); behind > at; behind = skipFootnote(reader, at)) at = behind;
  return at;
}

/** The offset behind the footnote reference at `start`, or `start` if there is none. */
export function skipFootnote(reader: CausalReader, start: number): number {
  if (reader.at(start) !== Char.bracketOpen || reader.at(start + 1) !== Char.caret) return start;
  let end = start + 2;
  while (end - start < LONGEST_LABEL && isLabel(reader.at(end))) end++;
  return reader.at(end) === Char.bracketClose ? end + 1 : start;
}

const isLabel = (c: number): boolean => c > Char.space && c !== Char.bracketClose;

/** The letters, digits and dots that end at `end`, no further back than `from`. */
function wordBefore(text: string, end: number, from: number): string {
  let start = end;
  while (start > from && end - start < 16 && WORD.test(text.charAt(start - 1))) start--;
  return text.slice(start, end);
}

/** The offset behind a link's target `](…)` whose bracket is at `start`, if it ends on the same line; `start` + 1 if not. */
export function skipLinkTarget(reader: CausalReader, start: number): number {
  if (reader.at(start + 1) !== Char.parenOpen) return start + 1;
  for (let at = start + 2; at - start < LONGEST_TARGET; at++) {
    const c = reader.at(at);
    if (c === Char.parenClose) return at + 1;
    if (c === Char.lineFeed || reader.starved) break;
  }
  return start + 1;
}
