import type { Unit } from './kinds';

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
