import { wrongUse } from './failure';
import { plural } from './style';

/** A place in a text as editors show it: both from 1, columns in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Parses LINE:COL. @throws {CliFailure} */
export function parsePosition(value: string): Position {
  const match = /^(\d{1,9}):(\d{1,9})$/.exec(value.trim());
  const line = Number(match?.[1]);
  const column = Number(match?.[2]);
  if (!(line >= 1 && column >= 1)) {
    throw wrongUse(`"${value}" is not a position. Give LINE:COL, both from 1, such as 12:40.`);
  }
  return { line, column };
}

/** The offset of a position in a text. @throws {CliFailure} where the text has no such line or column */
export function offsetAt(text: string, { line, column }: Position, file: string): number {
  const starts = [0, ...Array.from(text.matchAll(/\r\n|\r|\n/g), (match) => match.index + match[0].length)];
  const start = starts[line - 1];
  if (start === undefined) {
    throw wrongUse(`There is no line ${line} in ${file}: it has ${plural(starts.length, 'line')}.`);
  }
  const length = text.slice(start, starts[line] ?? text.length).replace(/(?:\r\n|\r|\n)$/, '').length;
  if (column > length + 1) {
    throw wrongUse(`There is no column ${column} in line ${line} of ${file}: its columns are 1 to ${length + 1}.`);
  }
  return start + column - 1;
}

/** The line, from 1, of every offset of an ascending list. */
export function linesOf(text: string, offsets: readonly number[]): number[] {
  const breaks = Array.from(text.matchAll(/\r\n|\r|\n/g), (match) => match.index + match[0].length);
  let line = 0;
  return offsets.map((offset) => {
    while (line < breaks.length && breaks[line]! <= offset) line++;
    return line + 1;
  });
}
