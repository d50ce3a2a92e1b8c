import type { Unit, UnitKind } from './kinds';

export type ParagraphKind = 'prose' | 'heading' | 'other';

/** What a writer takes for one paragraph: a run of units with no blank line between them. */
export interface Paragraph {
  /** First character that is no white space, and the end without the white space behind the last unit; UTF-16 offsets. */
  readonly start: number;
  readonly end: number;
  /** Its units, [from, to). A unit of white space alone is in none. */
  readonly from: number;
  readonly to: number;
  /** Prose takes in lists and quotes; 'other' is what is not written in sentences: code, tables, front matter and the like. */
  readonly kind: ParagraphKind;
}

const KINDS: Partial<Record<UnitKind, ParagraphKind>> = { sentence: 'prose', listItem: 'prose', quote: 'prose' };

/**
 * Paragraphs from units alone, in time proportional to their number: they are there with every keystroke, long before Markdown has been parsed. A tight list
 * is one paragraph, with the line that introduces it where no blank line is between; a heading is one of its own, and so is every block that is no prose.
 * Together they hold every unit that is not white space alone.
 */
export function paragraphsOf(text: string, units: readonly Unit[]): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  for (const [index, unit] of units.entries()) {
    const own = text.slice(unit.start, unit.end);
    const trimmed = own.trim();
    // White space alone belongs to no paragraph; as what lies between two, it is looked at below.
    if (trimmed === '') continue;
    const start = unit.start + own.indexOf(trimmed[0]!);
    const end = start + trimmed.length;
    const kind = kindOf(unit.kind);
    const last = paragraphs.at(-1);
    if (last?.kind === 'prose' && kind === 'prose' && !hasBlankLine(text.slice(last.end, start))) {
      paragraphs[paragraphs.length - 1] = { ...last, end, to: index + 1 };
    } else {
      paragraphs.push({ start, end, from: index, to: index + 1, kind });
    }
  }
  return paragraphs;
}

function kindOf(kind: UnitKind): ParagraphKind {
  return kind.startsWith('heading') ? 'heading' : (KINDS[kind] ?? 'other');
}

/** Whether white space between two units holds an empty line; \r\n counts as one line break. */
function hasBlankLine(space: string): boolean {
  return /\n[^\S\n]*\n/.test(space.replace(/\r\n?/g, '\n'));
}
