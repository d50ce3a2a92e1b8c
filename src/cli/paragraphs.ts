import { parseBlocks } from '../text/blocks';
import type { UnitJson, ParagraphJson } from './shapes';

/**
 * The blocks of a document with the units in them. Each unit is in the one paragraph where its first character that is no white space stands;
 * where Markdown's blocks leave a gap (a lone `>`, an empty list item) the unit makes a paragraph of its own.
 */
export function paragraphsOf(text: string, units: readonly UnitJson[]): ParagraphJson[] {
  const blocks = parseBlocks(text);
  const paragraphs: { start: number; end: number; units: number[] }[] = [];
  let block = 0;
  let open: (typeof paragraphs)[number] | undefined;
  for (const [index, unit] of units.entries()) {
    const own = text.slice(unit.start, unit.end);
    const first = unit.start + (own.length - own.trimStart().length);
    while (block < blocks.length && blocks[block]!.end <= first) block++;
    const home = blocks[block];
    const inside = home !== undefined && home.start <= first && first < unit.end;
    const range = inside
      ? home
      : { start: first < unit.end ? first : unit.start, end: unit.start + own.trimEnd().length };
    if (inside && open !== undefined && open.start === home.start && open.end === home.end) {
      open.units.push(index);
      continue;
    }
    open = { start: range.start, end: Math.max(range.start, range.end), units: [index] };
    paragraphs.push(open);
  }
  return paragraphs;
}
