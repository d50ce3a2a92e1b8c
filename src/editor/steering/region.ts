/** A part of a text was replaced by another. */
export interface Replacement {
  readonly start: number;
  readonly removed: string;
  readonly text: string;
}

/**
 * Where steered sentences are written: from the end of the text before them to the beginning of the text that already stood behind. Both ends
 * move with edits; what is typed at either of them lies inside.
 */
export interface Region {
  readonly start: Mark;
  readonly end: Mark;
}

interface Mark {
  readonly offset: number;
  /** Deletions of text next to the mark, on its outer side, the latest first. Where that comes back, the mark is again beyond it. */
  readonly lost: readonly Lost[];
  /** How many characters of that have come back one by one, while not all of it has. */
  readonly regained: number;
}

/** What a deletion took away on the outer side of a mark, and on the inner side. */
interface Lost {
  readonly outer: string;
  readonly inner: string;
}

/** Deletions that are remembered: holding down the key for half a minute. */
const MOST_LOST = 1000;
/** In code units. */
const LONGEST_LOST = 100_000;

export function regionOf(start: number, end: number): Region {
  return { start: markAt(start), end: markAt(end) };
}

function markAt(offset: number): Mark {
  return { offset, lost: [], regained: 0 };
}

/** The region after an edit. */
export function movedRegion(region: Region, edit: Replacement): Region {
  const smallest = trimmed(edit);
  if (smallest.removed === '' && smallest.text === '') return region;
  const start = movedStart(region.start, smallest);
  const end = movedEnd(region.end, smallest);
  return { start, end: end.offset < start.offset ? { ...end, offset: start.offset } : end };
}

/** Stays before what is put in right behind it; but what it had before it and lost is before it again when it comes back. */
function movedStart(mark: Mark, { start, removed, text }: Replacement): Mark {
  const { offset, lost } = mark;
  const end = start + removed.length;
  if (start > offset) return mark;
  if (start === offset) return text === '' ? mark : regainedBefore(mark, text);
  if (end < offset || (end === offset && text !== '')) {
    return { ...mark, offset: offset + text.length - removed.length };
  }
  const piece = { outer: removed.slice(0, offset - start), inner: removed.slice(offset - start) };
  return { offset: start, lost: remembered(lost, piece), regained: 0 };
}

/** Undo brings back what was lost, in one go or in steps. Someone who types it again may turn out to write something else. */
function regainedBefore({ offset, lost, regained }: Mark, text: string): Mark {
  let length = 0;
  let pieces = 0;
  for (let left = text; pieces < lost.length && left !== ''; pieces++) {
    const { outer, inner } = lost[pieces]!;
    if (inner === '' ? !left.startsWith(outer) : left !== outer + inner) break;
    length += outer.length;
    left = left.slice(outer.length + inner.length);
  }
  if (pieces === 0) {
    const isTyped = text.length === 1 && regained > 0;
    return isTyped ? markAt(offset - regained) : { offset, lost, regained: 0 };
  }
  if (pieces === lost.length) return markAt(offset + length);
  return { offset: offset + length, lost: lost.slice(pieces), regained: text.length === 1 ? regained + 1 : 0 };
}

/** Goes along with what is put in right before it; but not beyond what it had behind it and lost. */
function movedEnd(mark: Mark, { start, removed, text }: Replacement): Mark {
  const { offset, lost } = mark;
  const end = start + removed.length;
  if (start > offset) return mark;
  if (end < offset) return { ...mark, offset: offset + text.length - removed.length };
  const behind = start + text.length;
  if (end === offset) return { ...regainedBehind(lost, text, behind), regained: 0 };
  // What is put in place of it is part of the region.
  const piece = { outer: removed.slice(offset - start), inner: removed.slice(0, offset - start) };
  return { offset: behind, lost: remembered(lost, piece), regained: 0 };
}

function regainedBehind(lost: readonly Lost[], text: string, behind: number): Pick<Mark, 'offset' | 'lost'> {
  let length = 0;
  let pieces = 0;
  for (let left = text; pieces < lost.length && left !== ''; pieces++) {
    const { outer, inner } = lost[pieces]!;
    if (inner === '' ? !left.endsWith(outer) : left !== inner + outer) break;
    length += outer.length;
    left = left.slice(0, left.length - outer.length - inner.length);
  }
  // A single character that is typed may be any.
  if (length < 2 && pieces < lost.length) return { offset: behind, lost };
  return { offset: behind - length, lost: lost.slice(pieces) };
}

function remembered(lost: readonly Lost[], { outer, inner }: Lost): readonly Lost[] {
  if (outer.length + inner.length > LONGEST_LOST) return [];
  return [{ outer: copied(outer), inner: copied(inner) }, ...lost].slice(0, MOST_LOST);
}

/** A part of a text keeps all of it in memory, a copy does not. */
function copied(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

/** The same replacement without what stays the same at its beginning and end. */
function trimmed({ start, removed, text }: Replacement): Replacement {
  const most = Math.min(removed.length, text.length);
  let head = 0;
  while (head < most && removed.charCodeAt(head) === text.charCodeAt(head)) head++;
  let tail = 0;
  while (
    tail < most - head &&
    removed.charCodeAt(removed.length - tail - 1) === text.charCodeAt(text.length - tail - 1)
  )
    tail++;
  return {
    start: start + head,
    removed: removed.slice(head, removed.length - tail),
    text: text.slice(head, text.length - tail),
  };
}
