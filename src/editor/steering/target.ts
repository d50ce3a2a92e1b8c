import { closedUnitCount, type UnitDocument } from '../../text/units';

/**
 * The unit that a writer at `offset` is writing: the one begun there; behind a sentence that a space would end, the one to come. The engine
 * binds the first pin to the same unit.
 */
export function unitWritten(units: UnitDocument, offset: number): number {
  const closed = closedUnitCount(units.units, offset);
  if (offset === 0 || /\s/.test(units.text.charAt(offset - 1))) return closed;
  return units.closedWith(offset, ' ') > closed ? closed + 1 : closed;
}

/** The first unit that begins behind `anchor`, where text other than white space ends; a sentence broken off there counts as one to be finished. */
export function unitBehind(units: UnitDocument, anchor: number): number {
  const closed = closedUnitCount(units.units, anchor);
  // With a blank line behind it everything ends, but for blocks that must be closed.
  const ended = units.closedWith(anchor, '\n\n');
  if (ended > closed) return ended;
  const start = units.units[closed]?.start ?? units.text.length;
  return units.text.slice(start, anchor).trim() === '' ? closed : closed + 1;
}

/**
 * An offset for which the engine's `next` tells of unit `unit`, whatever is written of it already. At the text's end the engine tells of what
 * follows the last unit, and elsewhere of the unit that is open there.
 */
export function offsetBefore({ units, text }: UnitDocument, unit: number): number {
  if (unit >= units.length) return text.length;
  return unit === 0 ? 0 : Math.min(units[unit - 1]!.closedAt, text.length);
}

/** Where the text before unit `unit` ends, white space left out: what stays when the unit is deleted. */
export function anchorBefore({ units, text }: UnitDocument, unit: number): number {
  return endOfWords(text, units[unit]?.start ?? text.length);
}

/** The last offset up to `from` that does not follow white space. */
export function endOfWords(text: string, from: number): number {
  let at = from;
  while (at > 0 && /\s/.test(text.charAt(at - 1))) at--;
  return at;
}

/** The first offset from `from` on at which there is no white space. */
export function startOfWords(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/.test(text.charAt(at))) at++;
  return at;
}
