import { Char, END, type CausalReader } from './causalReader';

/** A first key longer than this is read as prose: it bounds what is looked at before the rule that a document begins with is known. */
const LONGEST_KEY = 40;
const KEY_START = /["'\p{L}\p{N}_]/u;

/**
 * The character of the line that opens front matter at the text's beginning, if one does: `---` (YAML) or `+++` (TOML, as Hugo has it). A
 * document can also begin with a thematic break, so the lines behind it tell.
 */
export function frontMatterOpening(reader: CausalReader): number | undefined {
  const start = reader.at(0) === Char.byteOrderMark ? 1 : 0;
  const mark = reader.at(start);
  if (mark !== Char.hyphen && mark !== Char.plus) return undefined;
  const run = reader.skipRun(start, mark);
  if (run - start !== 3 || !reader.restIsBlank(run)) return undefined;
  const opens = mark === Char.plus ? beginsToml : beginsYaml;
  return opens(reader, reader.nextLine(run)) ? mark : undefined;
}

/** Whether the line that starts at `start` closes front matter that `mark` opened: `---` or `...` for YAML, `+++` for TOML. */
export function frontMatterClosing(reader: CausalReader, start: number, mark: number): boolean {
  const own = mark === Char.hyphen && reader.at(start) === Char.dot ? Char.dot : mark;
  return threeOf(reader, start, own) && reader.restIsBlank(start + 3);
}

/** A comment, the closing `---`, or a key. (Behind a blank line any of them may as well be prose under a rule.) */
function beginsYaml(reader: CausalReader, start: number): boolean {
  if (reader.at(start) === Char.hash || threeOf(reader, start, Char.hyphen)) return true;
  const behind = skipKey(reader, start, Char.colon);
  if (behind < 0) return false;
  // Several words before a colon may as well be prose ("In short: …"): a second such line, or the end, decides.
  if (!/\s/.test(reader.text.slice(start, behind - 1).trim())) return true;
  const next = reader.nextLine(behind);
  return threeOf(reader, next, Char.hyphen) || skipKey(reader, next, Char.colon) >= 0;
}

/** A table's name, the closing `+++`, or a key of one word. */
function beginsToml(reader: CausalReader, start: number): boolean {
  if (threeOf(reader, start, Char.plus)) return true;
  if (reader.at(start) === Char.bracketOpen) return /^\[{1,2}[\w.-]+\]{1,2}$/.test(reader.line(start));
  const behind = skipKey(reader, start, Char.equals);
  return behind >= 0 && !/\s/.test(reader.text.slice(start, behind - 1).trim());
}

/** The offset behind the first key of a line and the `sign` that parts it from its value, or -1. */
function skipKey(reader: CausalReader, start: number, sign: number): number {
  const first = reader.at(start);
  if (first === END || !KEY_START.test(String.fromCharCode(first))) return -1;
  for (let at = start + 1; at - start <= LONGEST_KEY; at++) {
    const c = reader.at(at);
    if (c === sign) return at + 1;
    if (c === Char.hash || c === Char.lineFeed || c === END) break;
  }
  return -1;
}

function threeOf(reader: CausalReader, start: number, mark: number): boolean {
  return [0, 1, 2].every((i) => reader.at(start + i) === mark);
}
