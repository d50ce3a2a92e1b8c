import { BLOCK, floatToHalf, halfToFloat, ZERO_POINT } from './half';
import type { ByteTensor } from './safetensors';

/**
 * Values in blocks of 32 → integers from −127 to 127, plus 128, and a scale for each block, |largest|/127 in half precision: what
 * models/recipe/eight_bits.py makes of them, bit for bit. A block whose scale half precision rounds to zero is zeros.
 * @param values of a matrix whose columns are whole blocks. A block with NaN, infinity or a value too large gets a scale that is not finite
 */
export function roundToBytes(values: Float32Array): ByteTensor {
  const widths = largestOf(values);
  for (let i = 0; i < widths.length; i++) widths[i]! /= 127;
  const scales = new Uint16Array(widths.length);
  floatToHalf(widths, scales);
  halfToFloat(scales, widths);
  const data = new Uint8Array(values.length);
  for (let block = 0, at = 0; block < widths.length; block++) {
    const width = widths[block]! || 1;
    // Four at a time: a third faster.
    for (const end = at + BLOCK; at < end; at += 4) {
      data[at] = rounded(values[at]! / width);
      data[at + 1] = rounded(values[at + 1]! / width);
      data[at + 2] = rounded(values[at + 2]! / width);
      data[at + 3] = rounded(values[at + 3]! / width);
    }
  }
  return { data, scales };
}

/** The largest magnitude of each block; NaN where it has one. */
function largestOf(values: Float32Array): Float32Array {
  const raw = new Int32Array(values.buffer, values.byteOffset, values.length);
  const largest = new Float32Array(values.length / BLOCK);
  // Without their signs, floats are in the order of their bits, NaN above infinity: a third faster than to compare numbers.
  const bits = new Int32Array(largest.buffer);
  for (let block = 0, at = 0; block < bits.length; block++) {
    let most = 0;
    for (const end = at + BLOCK; at < end; at++) {
      const magnitude = raw[at]! & 0x7fff_ffff;
      most = magnitude > most ? magnitude : most;
    }
    bits[block] = most;
  }
  return largest;
}

/** A double has no fraction after this is added. */
const NO_FRACTION = 1.5 * 2 ** 52;

/** A quotient in single precision → the nearest integer, ties to even, from −127 to 127 (beyond are some of a block whose scale was rounded down), plus 128. */
function rounded(quotient: number): number {
  const nearest = (Math.fround(quotient) + NO_FRACTION - NO_FRACTION) | 0;
  return ZERO_POINT + (nearest > 127 ? 127 : nearest < -127 ? -127 : nearest);
}
