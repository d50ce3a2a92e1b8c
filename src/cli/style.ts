import type { Terminal } from './terminal';

type Paint = (text: string) => string;

/** Colours for people; nothing is said by colour alone. */
export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly label: Paint;
  readonly warn: Paint;
}

/** Colours on a terminal only, and not where NO_COLOR is set (https://no-color.org). */
export function styleFor(terminal: Terminal): Style {
  const on = terminal.outIsTTY && (terminal.env.NO_COLOR ?? '') === '' && terminal.env.TERM !== 'dumb';
  const sgr =
    (from: number, to: number): Paint =>
    (text) =>
      on ? `\x1b[${from}m${text}\x1b[${to}m` : text;
  return { bold: sgr(1, 22), dim: sgr(2, 22), label: sgr(36, 39), warn: sgr(33, 39) };
}

/** 0.0734 → "7 %"; what is there but small is "<1 %", never "0 %". */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return '<1 %';
  return `${Math.round(share * 100)} %`;
}

/** 1, "file" → "1 file"; 2 → "2 files". */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A text on one line, cut to a width with an ellipsis. */
export function oneLine(text: string, width: number): string {
  const line = text.trim().replace(/\s+/g, ' ');
  const characters = Array.from(line);
  return characters.length <= width ? line : `${characters.slice(0, Math.max(1, width - 1)).join('')}…`;
}

/** Cells aligned in columns: the first to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const align = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
  return rows.map((row) => `${row.map(align).join('  ').trimEnd()}\n`).join('');
}
