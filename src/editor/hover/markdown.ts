import { withoutIcons } from '../annotations/icons';

/** A text of the model or of a document as Markdown shows it literally: no formatting, link, table cell, HTML or icon comes of it. */
export function plain(text: string): string {
  // Every ASCII punctuation mark may be escaped (CommonMark 2.4); escaping all of them also keeps addresses from becoming links.
  return withoutIcons(text)
    .replace(/\s+/gu, ' ')
    .replace(/[!-/:-@[-`{-~]/g, '\\$&');
}

/** A link that runs a command; `tooltip` is plain text. */
export function commandLink(text: string, command: string, argument: unknown, tooltip?: string): string {
  const query = encodeURIComponent(JSON.stringify([argument])).replace(/[()'!*]/g, percentEncoded);
  const title = tooltip === undefined ? '' : ` "${plain(tooltip)}"`;
  return `[${text}](command:${command}?${query}${title})`;
}

/** A table; cells are Markdown. @param right the columns that are aligned to the right, as figures are */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [0],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = header.map((_, column) => (right.includes(column) ? '--:' : ':--'));
  return [header, rule, ...rows].map(line).join('\n');
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
