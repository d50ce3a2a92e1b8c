import type { Unit } from './kinds';
import { Splitter } from './splitter';

export { closedUnitCount } from './closedUnits';
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
