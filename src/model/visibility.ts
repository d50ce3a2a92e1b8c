import { HIDDEN } from '../graph/nn';

/** What each of T new tokens sees: 0 where it sees, {@link HIDDEN} where not. */
export interface Visibility {
  /** Of the new tokens [T, T]. */
  readonly own: Float32Array;
  /** Of the cache's S slots [T, S]. */
  readonly cached: Float32Array;
}

/** A mask [rows, columns] where each row sees its first so many columns. */
export function visibleBefore(rows: number, columns: number, seen: (row: number) => number): Float32Array {
  const mask = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) mask.fill(HIDDEN, row * columns + seen(row), (row + 1) * columns);
  return mask;
}
