/** Characters before the cursor in which the item is looked for. */
const REACH = 4000;
/** So many columns behind where an item's text begins its code does (CommonMark 0.31, section 4.4). */
const CODE_INDENT = 4;
const ITEM = /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?=\S)/;
const BLANK = /^[ \t]*$/;

/** Whether a text ends in a code block of a list item, which only its indentation makes one. (The splitter takes it for sentences of the item.) */
export function endsInListCode(text: string): boolean {
  const lines = text.slice(-REACH).split('\n');
  if (!/^(?: {5}| *\t)/.test(lines.at(-1)!)) return false;
  const start = lines.findLastIndex((line, i) => BLANK.test(line) && i < lines.length - 1) + 1;
  const first = lines[start]!;
  if (start === 0 || ITEM.test(first)) return false;
  const indent = columns(/^[ \t]*/.exec(first)![0]);
  for (const line of lines.slice(0, start).reverse()) {
    const [marker] = ITEM.exec(line) ?? [];
    if (marker !== undefined && columns(marker) <= indent) return indent - columns(marker) >= CODE_INDENT;
    if (/^\S/.test(line)) return false;
  }
  return false;
}

/** Columns that a text takes at the beginning of a line; a tab goes on to the next multiple of 4. */
function columns(text: string): number {
  let count = 0;
  for (const character of text) count += character === '\t' ? 4 - (count % 4) : 1;
  return count;
}
