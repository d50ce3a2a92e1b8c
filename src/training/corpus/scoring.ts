import { UnitDocument, type Unit } from '../../text/units';

/** The largest blocks that the bundled model has learnt from (its corpus's rules for code and tables). */
const CODE_LINES = 12;
const CODE_WIDTH = 160;
const TABLE_ROWS = 8;
const TABLE_COLUMNS = 5;
const TABLE_WIDTH = 220;

/**
 * Whether the model is to learn to write a unit, which it reads in any case. As in the bundled model's data: short code and small tables yes;
 * long code, with or without a fence, large tables, HTML blocks and front matter no.
 */
export function isScored(text: string, { start, end, kind }: Unit): boolean {
  switch (kind) {
    case 'code':
      return fits(
        linesOf(text.slice(start, end)).filter((line) => !/^[ \t>]*(?:`{3,}|~{3,})/.test(line)),
        CODE_LINES,
        CODE_WIDTH,
      );
    case 'table': {
      const lines = linesOf(text.slice(start, end));
      // Besides the heads and the line under them.
      return fits(lines, TABLE_ROWS + 2, TABLE_WIDTH) && columnsOf(lines[0] ?? '') <= TABLE_COLUMNS;
    }
    case 'html':
    case 'frontMatter':
      return false;
    default:
      return true;
  }
}

/** Characters that are looked at first: most documents have letters enough in them, and splitting all of a long one takes its time. */
const BEGINNING = 4096;

export function lettersIn(text: string): number {
  return text.replace(/\P{L}+/gu, '').length;
}

/** Whether a text has so many letters in units that are scored. */
export function hasScoredLetters(text: string, fewest: number): boolean {
  return [text.slice(0, BEGINNING), text].some((part) => {
    const { units } = new UnitDocument(part);
    // The last unit of a beginning may be cut.
    const whole = part.length === text.length ? units : units.slice(0, -1);
    const scored = whole.filter((unit) => isScored(part, unit)).map(({ start, end }) => part.slice(start, end));
    return lettersIn(scored.join('')) >= fewest;
  });
}

function linesOf(block: string): string[] {
  return block.trim().split('\n');
}

function fits(lines: readonly string[], most: number, width: number): boolean {
  return lines.length <= most && lines.every((line) => line.length <= width);
}

/** Cells of a table's row: bars that are not escaped part them, and may stand at both ends. */
function columnsOf(row: string): number {
  return row
    .trim()
    .replace(/^\||(?<!\\)\|$/g, '')
    .split(/(?<!\\)\|/).length;
}
