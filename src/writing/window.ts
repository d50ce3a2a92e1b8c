import type { Encoding } from '../text/tokenizer';
import type { Unit } from '../text/units';

/** The piece of text before the cursor that the LM reads. */
export interface TextWindow {
  /** Offset in the text where the window starts. */
  readonly start: number;
  /** Tokens of text[start, cursor). */
  readonly ids: readonly number[];
  /** Offset in the text where each token ends. */
  readonly ends: readonly number[];
}

export interface WindowSource {
  readonly text: string;
  readonly units: readonly Unit[];
  readonly cursor: number;
  /** Units that are closed before the cursor. */
  readonly closed: number;
  /** Tokens of a whole unit, from a cache where possible. */
  readonly encode: (text: string) => Encoding;
}

/** No token of a byte-level vocabulary of ours is longer: a text of n·24 bytes has at least n tokens. */
const LONGEST_TOKEN = 24;

/**
 * Chooses where the LM's window starts so that at most `budget` tokens lie before the cursor.
 *
 * The start must not creep forward with every keystroke at the end of a long document, for then nothing in the KV cache could be used again. It must not depend
 * on history either: the same text and cursor give the same completion. So the start is an *anchor*: of the unit starts in the oldest
 * quarter of the budget, the one that ranks highest by its own content (headings, then starts of lines, then a hash). While the writer types, that
 * quarter slides over the same units and its highest stays highest until it falls out: the start moves in jumps.
 */
export function chooseWindow(source: WindowSource, budget: number): TextWindow {
  const { text, units, cursor, closed, encode } = source;
  const openStart = units[closed]?.start ?? cursor;
  const openTooLong = cursor - openStart > budget * LONGEST_TOKEN;
  const open = openTooLong ? undefined : encode(text.slice(openStart, cursor));
  if (open === undefined || open.ids.length > budget) return windowInsideUnit(source, openStart, budget);

  const pieces: Encoding[] = [];
  let total = open.ids.length;
  let first = closed;
  while (first > 0) {
    const unit = units[first - 1]!;
    if (unit.end - unit.start > budget * LONGEST_TOKEN) break;
    const piece = encode(text.slice(unit.start, unit.end));
    if (total + piece.ids.length > budget) break;
    total += piece.ids.length;
    pieces.unshift(piece);
    first--;
  }
  const before = units[first - 1];
  // A long unit (a code fence, a table) just before the cursor must not leave the window all but empty.
  if (before !== undefined && total < budget / 2) return windowInsideUnit(source, before.start, budget);
  let anchor = first;
  if (first > 0) {
    const least = total - Math.floor(budget / 4);
    let best = -1;
    for (let i = first, left = total; i < closed && left >= least; left -= pieces[i - first]!.ids.length, i++) {
      const rank = anchorRank(text, units[i]!);
      if (rank > best) [best, anchor] = [rank, i];
    }
  }
  const parts = [...pieces.slice(anchor - first), open];
  const start = anchor < closed ? units[anchor]!.start : openStart;
  return { start, ...join(parts, start, [...units.slice(anchor, closed).map((unit) => unit.start), openStart]) };
}

/** Headings before starts of lines before the rest; within those by a hash of the text, in [0, 3). */
function anchorRank(text: string, unit: Unit): number {
  const tier = unit.kind.startsWith('heading') ? 2 : unit.start === 0 || text[unit.start - 1] === '\n' ? 1 : 0;
  let hash = 0x811c9dc5;
  for (let i = unit.start; i < Math.min(unit.end, unit.start + 64); i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return tier + (hash >>> 0) / 2 ** 32;
}

/**
 * A unit longer than the window ends at the cursor or shortly before: there is no unit start to begin at. The anchors are then the
 * points of a fixed grid in the unit, those of a coarser grid ranking higher, so that here, too, the start moves in jumps.
 */
function windowInsideUnit(source: WindowSource, unitStart: number, budget: number): TextWindow {
  const { text, cursor, encode } = source;
  const grid = Math.max(2, Math.floor(budget / 12));
  const last = Math.floor((cursor - unitStart) / grid);
  const point = (i: number): number => unitStart + i * grid;
  let total = encode(text.slice(point(last), cursor)).ids.length;
  let first = last;
  const sizes: number[] = [];
  while (first > 0) {
    const size = encode(text.slice(point(first - 1), point(first))).ids.length;
    if (total + size > budget) break;
    total += size;
    sizes.unshift(size);
    first--;
  }
  let anchor = first;
  for (let i = first, left = total; i < last && first > 0; left -= sizes[i - first]!, i++) {
    if (left < total - budget / 4) break;
    if (lowestBit(i) > lowestBit(anchor)) anchor = i;
  }
  const at = point(anchor);
  // A low surrogate at the start would have lost its partner.
  const start = /[\uDC00-\uDFFF]/.test(text[at] ?? '') ? at + 1 : at;
  const whole = join([encode(text.slice(start, cursor))], start, [start]);
  const surplus = Math.max(0, whole.ids.length - budget);
  return {
    start: surplus === 0 ? start : whole.ends[surplus - 1]!,
    ids: whole.ids.slice(surplus),
    ends: whole.ends.slice(surplus),
  };
}

/** The largest power of two that divides a number above 0. */
function lowestBit(i: number): number {
  return i & -i;
}

function join(parts: readonly Encoding[], start: number, starts: readonly number[]): { ids: number[]; ends: number[] } {
  const ids: number[] = [];
  const ends: number[] = [];
  for (const [p, part] of parts.entries()) {
    const base = starts[p] ?? start;
    for (let i = 0; i < part.ids.length; i++) {
      ids.push(part.ids[i]!);
      ends.push(base + part.offsets[i + 1]!);
    }
  }
  return { ids, ends };
}
