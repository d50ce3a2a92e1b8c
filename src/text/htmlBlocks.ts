import { Char, END, type CausalReader } from './causalReader';
import { isSpace } from './lineRules';

/** How an HTML block ends: at a blank line, or with the line that holds this text (CommonMark 4.6; the last is a comment of MDX). */
export type HtmlEnd = 'blank' | '-->' | '</pre' | '</script' | '</style' | '*/}';

const BLOCKS = new Set(
  'div p table details summary section ul ol li hr h1 h2 h3 h4 h5 h6 pre script style center figure iframe'.split(' '),
);
/** Tags that also stand in a sentence: they begin a block only if no text follows them on their line (CommonMark 4.6, condition 7). */
const INLINE = new Set(['br', 'img', 'video']);

const NAME = /[\w.-]/;
const LONGEST_NAME = 64;
/** The beginnings of import and export that are no English ("export the file as "x""). */
const MODULE =
  /^(?:import\s+(?:(['"])[^'"]+\1;?$|\{|\*\s+as\s|type\s+\{|(?:type\s+)?[\w$]+(?:\s*,\s*[{*]|\s+from\s+(['"])[^'"]+\2;?$))|export\s+(?:\{|\*\s|default\s+(?:[({[]|async\s|class\s|function\b|[\w$]+(?:;|\(|$))|(?:const|let|var)\s+(?:[{[]|[\w$]+\s*[:=])|(?:async\s+)?function\s*\*?\s*[\w$]+\s*[(<]|class\s+[\w$]+\s+(?:extends\s|\{)|(?:type|interface)\s+(?:\{|[\w$]+\s*[={<])))/;

/** How the HTML block that begins at `start` will end, or undefined if none begins there. The tags and comments of MDX are such blocks, too. */
export function htmlOpening(reader: CausalReader, start: number): HtmlEnd | undefined {
  if (reader.at(start) === Char.braceOpen) {
    return reader.at(start + 1) === Char.slash && reader.at(start + 2) === Char.asterisk ? '*/}' : undefined;
  }
  if (reader.at(start) !== Char.less) return undefined;
  if (reader.at(start + 1) === Char.exclamation) {
    return reader.at(start + 2) === Char.hyphen && reader.at(start + 3) === Char.hyphen ? '-->' : undefined;
  }
  const closing = reader.at(start + 1) === Char.slash;
  const name = start + (closing ? 2 : 1);
  let at = name;
  while (at - name < LONGEST_NAME && NAME.test(String.fromCharCode(reader.at(at)))) at++;
  const next = reader.at(at);
  if (next !== Char.greater && next !== Char.slash && next !== Char.lineFeed && !isSpace(next)) return undefined;
  const tag = reader.text.slice(name, at);
  // HTML can be written in capitals; a component of JSX has but one, or a name that HTML does not know.
  const known = tag === tag.toUpperCase() ? tag.toLowerCase() : tag;
  if (BLOCKS.has(known)) {
    return !closing && (known === 'pre' || known === 'script' || known === 'style') ? `</${known}` : 'blank';
  }
  if (INLINE.has(known)) return tagsAlone(reader, start) ? 'blank' : undefined;
  return /^[A-Z]/.test(tag) && endsWithTag(reader, start) ? 'blank' : undefined;
}

/** Whether the line at `start` ends an HTML block that ends with such a text. */
export function htmlClosing(reader: CausalReader, start: number, end: HtmlEnd): boolean {
  return reader.line(start).toLowerCase().includes(end);
}

/** Whether the line at `start` begins a block of MDX's imports and exports, which ends at a blank line. */
export function moduleOpening(reader: CausalReader, start: number): boolean {
  const first = reader.at(start);
  const word = first === 0x69 ? 'import' : 'export';
  // Prose must not wait for the end of its line.
  for (let i = 0; i < word.length; i++) if (reader.at(start + i) !== word.charCodeAt(i)) return false;
  return MODULE.test(reader.line(start));
}

/** Whether nothing but tags is on the line from `start` on. The last may go on on the next one. */
function tagsAlone(reader: CausalReader, start: number): boolean {
  let at = start;
  while (reader.at(at) === Char.less) {
    const behind = skipTag(reader, at);
    if (behind < 0) return true;
    at = reader.skipBlanks(behind);
  }
  return reader.endsLine(at);
}

/** Whether the line at `start` ends as it begins, or within its tag; else that is the first word of a sentence: "<Esc>, then type.", "<Button> renders a button." */
function endsWithTag(reader: CausalReader, start: number): boolean {
  return skipTag(reader, start) < 0 || /[>}]$/.test(reader.line(start));
}

/** The offset behind the tag at `start`, or -1 if it does not end on its line. Quotes, and braces in JSX, can hold a `>`. */
function skipTag(reader: CausalReader, start: number): number {
  let quote = 0;
  let braces = 0;
  for (let at = start + 1; ; at++) {
    const c = reader.at(at);
    if (c === Char.lineFeed || c === END) return -1;
    if (quote !== 0) {
      if (c === quote) quote = 0;
    } else if (c === Char.quote || c === Char.apostrophe) quote = c;
    else if (c === Char.braceOpen) braces++;
    else if (c === Char.braceClose) braces--;
    else if (c === Char.greater && braces <= 0) return at + 1;
  }
}
