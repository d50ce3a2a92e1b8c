import { Char, END, type CausalReader } from './causalReader';
import { skipFootnote } from './sentenceEnd';
import type { SplitterState } from './splitterState';

/*
 * What a line of Markdown can begin with. Every rule looks through the reader and no further than it must, so that what it finds out is
 * known as early as it can be.
 */

/**
 * The end of a displayed formula: `$$`, and perhaps a stop, its number "(1)", or its label, as "{#eq-energy}" in Quarto and Pandoc or
 * "(energy)" in MyST.
 */
const MATH_END = /\$\$\s*(?:[.,;:]|\([\w:.-]+\)|\{[^{}]*\})?$/;

const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39;

/** Whitespace as `String.prototype.trim` sees it, without the line feed. */
export function isSpace(c: number): boolean {
  if (c === Char.space || (c >= 0x09 && c <= 0x0d)) return c !== Char.lineFeed;
  return c === 0xa0 || c === 0xfeff || c === 0x3000 || (c >= 0x2000 && c <= 0x200a) || c === 0x202f || c === 0x1680;
}

/** The end of the blank line that starts at `start` (behind its newline), or -1 if it is not blank. */
export function blankLine(reader: CausalReader, start: number): number {
  let at = start;
  while (isSpace(reader.at(at))) at++;
  const c = reader.at(at);
  if (c === END) return at;
  return c === Char.lineFeed ? at + 1 : -1;
}

/** Columns of white space before the line's first other character. */
export function indentation(reader: CausalReader, start: number): number {
  return columns(reader, start, reader.skipBlanks(start));
}

/** Columns from the beginning of a line at `start` to `end`; a tab goes on to the next multiple of 4. */
export function columns(reader: CausalReader, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) count += reader.at(at) === Char.tab ? 4 - (count % 4) : 1;
  return count;
}

/** A bullet (`-`, `*`, `+`) and its blank: the offset behind both, or -1. */
export function bulletMarker(reader: CausalReader, start: number): number {
  const c = reader.at(start);
  if (c !== Char.hyphen && c !== Char.asterisk && c !== Char.plus) return -1;
  const next = reader.at(start + 1);
  return next === Char.space || next === Char.tab ? start + 2 : -1;
}

/** A list number (`1.`, `23)`) and its blank: the offset behind both, or -1. Only the number 1 may break into a paragraph (`interrupts`). */
export function numberMarker(reader: CausalReader, start: number, interrupts: boolean): number {
  let at = start;
  while (at - start < 9 && isDigit(reader.at(at))) at++;
  if (at === start || (interrupts && (at - start > 1 || reader.at(start) !== 0x31))) return -1;
  const stop = reader.at(at);
  if (stop !== Char.dot && stop !== Char.parenClose) return -1;
  const next = reader.at(at + 1);
  return next === Char.space || next === Char.tab ? at + 2 : -1;
}

/** Whether the definition of a footnote, `[^label]:`, begins at `start`. */
export function footnoteDefinition(reader: CausalReader, start: number): boolean {
  const behind = skipFootnote(reader, start);
  return behind > start && reader.at(behind) === Char.colon;
}

/** Whether an admonition or tab of MkDocs begins at `start` (`!!! note`, `??? tip`, `=== "Linux"`): what is indented below is its text, no code. */
export function admonition(reader: CausalReader, start: number): boolean {
  const mark = reader.at(start);
  if (mark !== Char.exclamation && mark !== Char.question && mark !== Char.equals) return false;
  let at = reader.skipRun(start, mark);
  if (at - start !== 3) return false;
  if (mark === Char.question && reader.at(at) === Char.plus) at++;
  const text = reader.skipBlanks(at);
  if (text === at) return false;
  const first = reader.at(text);
  return mark === Char.equals ? first === Char.quote : first !== END && /[\p{L}"]/u.test(String.fromCharCode(first));
}

/** Three or more of one of `*`, `-`, `_`, with blanks between them, and nothing else on the line. */
export function thematicBreak(reader: CausalReader, start: number): boolean {
  const mark = reader.at(start);
  if (mark !== Char.asterisk && mark !== Char.hyphen && mark !== Char.underscore) return false;
  let count = 0;
  for (let at = start; ; at++) {
    const c = reader.at(at);
    if (c === mark) count++;
    else if (c !== Char.space && c !== Char.tab) return count >= 3 && reader.endsLine(at);
  }
}

/** A line of nothing but `=` (level 1) or `-` (level 2): 0, 1 or 2. */
export function setextUnderline(reader: CausalReader, start: number): 0 | 1 | 2 {
  const mark = reader.at(start);
  if (mark !== Char.equals && mark !== Char.hyphen) return 0;
  if (!reader.restIsBlank(reader.skipRun(start, mark))) return 0;
  return mark === Char.equals ? 1 : 2;
}

/** The level of the ATX heading that begins at `start`, or 0. */
export function atxHeading(reader: CausalReader, start: number): number {
  let level = 0;
  while (level < 7 && reader.at(start + level) === Char.hash) level++;
  if (level === 0 || level > 6) return 0;
  const next = reader.at(start + level);
  return next === Char.space || next === Char.tab || reader.endsLine(start + level) ? level : 0;
}

/** The length of the code fence that begins at `start`, or 0. The info string of a backtick fence holds no backtick. */
export function fenceOpening(reader: CausalReader, start: number): number {
  const mark = reader.at(start);
  if (mark !== Char.backtick && mark !== Char.tilde) return 0;
  const run = reader.skipRun(start, mark);
  if (run - start < 3) return 0;
  if (mark === Char.backtick) {
    for (let at = run; ; at++) {
      const c = reader.at(at);
      if (c === Char.backtick) return 0;
      if (c === Char.lineFeed || c === END) break;
    }
  }
  return run - start;
}

/** Whether the line at `start` closes the open fence: indented by up to 3 columns more than the fence was (CommonMark 4.5), and quoted only if it was. */
export function fenceClosing(reader: CausalReader, start: number, fence: Readonly<SplitterState>): boolean {
  let line = start;
  let at = reader.skipBlanks(line);
  while (fence.fenceQuoted && reader.at(at) === Char.greater) {
    line = at + 1;
    at = reader.skipBlanks(line);
  }
  if (columns(reader, line, at) >= fence.fenceIndent + 4) return false;
  const run = reader.skipRun(at, fence.fenceMark);
  return run - at >= fence.fenceLength && reader.restIsBlank(run);
}

/** `$$` at the start of a line: 'line' when the formula ends on it, 'block' when it goes on, undefined when it is part of a paragraph. */
export function mathOpening(reader: CausalReader, start: number): 'line' | 'block' | undefined {
  if (reader.at(start) !== Char.dollar || reader.at(start + 1) !== Char.dollar) return undefined;
  const rest = reader.line(start + 2);
  if (rest.endsWith('$$')) return 'line';
  const next = rest.indexOf('$$');
  if (next >= 0 && rest.search(MATH_END) === next) return 'line';
  return rest.includes('$') ? undefined : 'block';
}

/** Whether the `$$` at `start`, within a paragraph, can open a formula: not "$$ for the PID", nor "US$$". */
export function mathCanOpen(reader: CausalReader, start: number): boolean {
  const next = reader.at(start + 2);
  return next !== Char.space && next !== Char.tab && !/[\p{L}\p{N}]/u.test(reader.text[start - 1] ?? ' ');
}

/** Whether the line at `start` closes a formula of several lines. */
export function mathClosing(reader: CausalReader, start: number): boolean {
  return MATH_END.test(reader.line(start));
}

/** A table's delimiter row that does not begin with a pipe: `--- | :-:`. */
export function delimiterRow(reader: CausalReader, start: number): boolean {
  const first = reader.at(start);
  if (first !== Char.hyphen && first !== Char.colon) return false;
  let pipes = 0;
  for (let at = start; ; at++) {
    const c = reader.at(at);
    if (c === Char.pipe) pipes++;
    else if (c !== Char.hyphen && c !== Char.colon && c !== Char.space && c !== Char.tab) {
      return pipes > 0 && reader.endsLine(at);
    }
  }
}

/** Whether the line from `start` on is one image and nothing else. */
export function imageLine(reader: CausalReader, start: number): boolean {
  if (reader.at(start) !== Char.exclamation || reader.at(start + 1) !== Char.bracketOpen) return false;
  const label = skipTo(reader, start + 2, Char.bracketClose);
  if (label < 0 || reader.at(label) !== Char.parenOpen) return false;
  const target = skipTo(reader, label + 1, Char.parenClose);
  return target >= 0 && reader.restIsBlank(target);
}

/** The offset behind the next `code` on this line, or -1. */
function skipTo(reader: CausalReader, start: number, code: number): number {
  for (let at = start; ; at++) {
    const c = reader.at(at);
    if (c === code) return at + 1;
    if (c === Char.lineFeed || c === END) return -1;
  }
}
