import type { Unit } from './kinds';
import { Splitter } from './splitter';

export { UNIT_KINDS, type Unit, type UnitKind } from './kinds';
export { UnitDocument, type UnitChange } from './unitDocument';

/**
 * Splits Markdown into units that tile it exactly; the last one may be open (`closedAt` Infinity), and '' has none. Causal: the closed
 * units of a prefix are those units of the whole text whose `closedAt` is at most the prefix's length.
 */
export function splitUnits(text: string): Unit[] {
  const splitter = new Splitter(text);
  while (splitter.step());
  const open = splitter.openUnit();
  return open === undefined ? splitter.units : [...splitter.units, open];
}

/** How many units are known to have ended once the first `offset` code units of the text are known. */
export function closedUnitCount(units: readonly Unit[], offset: number): number {
  let low = 0;
  let high = units.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (units[middle]!.closedAt <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
