import type { UnitKind } from '../text/units';
import { endsInListCode } from './listCode';
import { looksBinary } from './modelText';
import type { EmptyReason, SimpleReason } from './reasons';

/** Where a completion is asked for. */
export interface CursorPlace {
  readonly text: string;
  readonly cursor: number;
  /** Start and kind of the unit that is open at the cursor. */
  readonly unitStart: number;
  readonly unitKind: UnitKind;
}

/** Units that are not prose: the planner knows them as one piece, the LM was not made to write them. */
const OPAQUE: Partial<Record<UnitKind, SimpleReason>> = {
  code: 'inside-code',
  math: 'inside-math',
  html: 'inside-html',
  table: 'inside-table',
  frontMatter: 'inside-front-matter',
  rule: 'after-marker',
};

/**
 * A bare marker: bullet, ordinal, heading or quote, with no space after it yet, or the beginning or end of an admonition (`:::note`, `!!! note`, `> [!NOTE`),
 * whose name is no prose.
 */
const BARE_MARKER = /^[ \t>]*(?:[-*+]|\d{1,9}[.)]|#{1,6}|>|(?::{3,}|!!!|\?{3}\+?)[ \t]*[\w-]*|\[!\w*)$/;
/** What begins a block, at the beginning of what follows the cursor: a heading, a list item, a fence, a definition and so on. */
const BLOCK =
  /^[ \t]*(?:#{1,6}(?:\s|$)|[-*+]\s|\d{1,9}[.)]\s|>|`{3}|~{3}|\||\$\$[^$\n]*(?:$|\n|\$\$\s*(?:$|\n))|!\[[^\]\n]*\]\([^)\n]*\)[ \t]*(?:$|\n)|<(?:!--|\/?(?:div|p|table|details|summary|section|[uo]l|li|h[1-6]|pre|center|figure|iframe)\b)|\[[^\]\n]+\]:|([-*_])(?:[ \t]*\1){2,}[ \t]*(?:$|\n))/i;
const EMPTY_LINE = /^[ \t>]*$/;
/** Behind "](": an address, in which parentheses come in pairs, and a title. */
const LINK_TARGET = /^[^()\s]*(?:\((?:[^()\s]*\))?[^()\s]*)*(?:\s+(?:"[^"]*"?|'[^']*'?|\([^)]*\)?)?\s*)?$/;
/** An address in angle brackets. */
const AUTOLINK = /<[a-z][a-z0-9+.-]*:[^<>\s]*$/i;
/** An address without any, as a word of its own; what does not belong to one at its end may end it (GFM, autolinks). */
const BARE_ADDRESS = /^[("'“‘*_~]*(?:https?:\/\/|www\.|[\w.+-]+@).*(?<![)\]"'”’*_~,;:!?>])$/i;
/** The page that a wiki's link names. */
const WIKI_LINK = /\[\[[^[\]]*$/;
/** The box of a task, up to its closing bracket. */
const TASK_BOX = /^\s*(?:[-*+]|\d{1,9}[.)])[ \t]+\[[ x]$/i;
/** "[name]: address", perhaps with a title; no footnote, and no word behind a label. */
const DEFINITION =
  /^[ >]*\[(?!\^)[^\]]+\]:\s*(?:<|[#./]|[a-z][\w+.-]*:|[\w-]+[./])\S*(?:\s+(?:"[^"]*|'[^']*|\([^)]*))?$/i;
/** A tag, a declaration, or an instruction to a program. */
const HTML_TAG = /<(?:[/!?]?[a-z][^<>]*|\/)$/i;
/** What a program reads: an expression of MDX, a tag of Liquid or Hugo, the attributes of Pandoc. */
const TEMPLATE = /(?<!\\)\{(?:[{%#.:<][^{}]*|[^\s{}]*)$/;
/** What may stand between the letters of one word is an apostrophe; a quotation mark has white space or punctuation on one side. */
const WORD_BEFORE = /[\p{L}\p{N}]\p{M}*['’]?$/u;
const WORD_BEHIND = /^(?:\p{M}|['’]?[\p{L}\p{N}])/u;

/** A file this large is judged by its beginning. */
const JUDGED = 1 << 16;

/** Why no completion is even tried at this place, before any model runs; undefined where one is. */
export function refusal({ text, cursor, unitStart, unitKind }: CursorPlace): EmptyReason | undefined {
  const because = (kind: SimpleReason): EmptyReason => ({ kind });
  if (text.trim() === '') return because('empty-document');
  if (looksBinary(text.slice(0, JUDGED))) return because('binary');
  const unit = text.slice(unitStart, cursor);
  const line = text.slice(text.lastIndexOf('\n', cursor - 1) + 1, cursor);
  const opaque = OPAQUE[unitKind];
  if (opaque !== undefined) return because(opaque);
  if (endsInListCode(text.slice(0, cursor))) return because('inside-code');
  if (text.slice(0, cursor).trim() === '') return because('nothing-before-cursor');
  if (BARE_MARKER.test(line)) return because('after-marker');
  if (EMPTY_LINE.test(line) && BLOCK.test(text.slice(cursor))) return because('before-block');
  if (hasOpenCodeSpan(unit)) return because('inside-code');
  if (hasOpenFormula(unit)) return because('inside-math');
  const plain = withoutCode(unit);
  if (TEMPLATE.test(plain)) return because('inside-code');
  if (endsInLink(plain) || DEFINITION.test(line)) return because('inside-link');
  if (HTML_TAG.test(plain) || hasOpenComment(text.slice(0, cursor))) return because('inside-html');
  if (WORD_BEFORE.test(line) && WORD_BEHIND.test(text.slice(cursor, cursor + 3))) return because('inside-word');
  return undefined;
}

/** Whether a text ends inside the target of a link: its address or title, or the label it refers to. Only the last target can be open. */
function endsInLink(text: string): boolean {
  const word = text.slice(Math.max(...[' ', '\t', '\n'].map((space) => text.lastIndexOf(space))) + 1);
  if (AUTOLINK.test(text) || BARE_ADDRESS.test(word) || WIKI_LINK.test(text)) return true;
  const target = text.lastIndexOf('](');
  if (target >= 0 && LINK_TARGET.test(text.slice(target + 2))) return true;
  const label = text.lastIndexOf('][');
  return label >= 0 && !/[[\]]/.test(text.slice(label + 2)) && !TASK_BOX.test(text.slice(0, label));
}

/** Whether a text ends inside a comment of its last paragraph: one can hold several sentences, but no blank line. (A comment that begins a line is a unit of its own.) */
function hasOpenComment(text: string): boolean {
  const paragraph = lastParagraph(text);
  // Most have none, and need not be read for code.
  if (!paragraph.includes('<!--')) return false;
  const plain = withoutCode(paragraph);
  return plain.lastIndexOf('<!--') > plain.lastIndexOf('-->');
}

/** What follows the last blank line of a text. */
export function lastParagraph(text: string): string {
  return text.slice(text.lastIndexOf('\n\n') + 1);
}

/** Blanks code spans, whose content is no Markdown, with a character. */
export function withoutCode(text: string, blank = ' '): string {
  return text.replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, (span) => blank.repeat(span.length));
}

/** A dollar that may begin a formula: not one before a digit (a price), a stop (a price too), or the capitals of a variable's name. */
const FORMULA = /^\$+(?![\s\d$,.;:!?)]|[A-Z]{2}|[A-Z]+_[A-Z])./;
/** A formula that begins with a number is told from a price by what follows it: a sign or a command, or one letter alone, which is not that of $5k or $5/h. */
const FORMULA_OF_NUMBER = /^\$+\d[\d.,]*(?:[\^_={]|\s?\\[a-z]|(?:\/(?![dhmwy])|(?![bkmt]))[a-z](?!\p{L}))/iu;

/** A word by itself; letters with a sign at them, as in "mc^2", are a product. */
const WORD_OF_PROSE = /\s\p{L}{2,}(?=[\s,.;:!?])/u;

/**
 * Whether a formula between dollars is open at the end of a text. Dollars open before anything but white space and close behind it, by Pandoc's rule; but one
 * behind a letter belongs to it (US$), and one with words behind it was meant as itself.
 */
export function hasOpenFormula(text: string): boolean {
  const plain = withoutCode(text);
  let opened = -1;
  for (const { index } of plain.matchAll(/(?<!\\)\$+/g)) {
    const left = plain[index - 1] ?? ' ';
    if (opened >= 0 && /\S/.test(left)) opened = -1;
    else if (opened < 0 && !/[\p{L}\p{N}]/u.test(left) && beginsFormula(plain.slice(index))) opened = index;
  }
  return opened >= 0 && !WORD_OF_PROSE.test(plain.slice(opened));
}

function beginsFormula(text: string): boolean {
  return FORMULA.test(text) || FORMULA_OF_NUMBER.test(text);
}

/** Whether a run of backticks is open at the end of a text (a span closes with a run of the same length). */
export function hasOpenCodeSpan(text: string): boolean {
  return openCodeSpan(text) >= 0;
}

/** Where the code span that is open at the end of a text begins, or -1. */
export function openCodeSpan(text: string): number {
  let opened = -1;
  let ticks = 0;
  for (const run of text.matchAll(/\\`|`+/g)) {
    if (run[0].startsWith('\\') && opened < 0) continue;
    const length = run[0].length - (run[0].startsWith('\\') ? 1 : 0);
    if (opened < 0) [opened, ticks] = [run.index, length];
    else if (length === ticks) opened = -1;
  }
  return opened;
}
