import { createHash } from 'node:crypto';

/**
 * A number in [0, 1) that depends on its names and on nothing else: no generator whose state would have to be kept, and what is drawn for
 * one file or one step is not moved by others.
 */
export function draw(...names: readonly (string | number)[]): number {
  return createHash('sha256').update(names.join('\0')).digest().readUIntBE(0, 6) / 2 ** 48;
}
