import { NBITS_BLOCK } from './ops/linear';

/*
 * The layout of MatMulNBits' weights: onnxruntime's contrib operators,
 * https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.MatMulNBits
 */

/** A matrix [rows, columns] in blocks of 32 along its rows. A last block that is not full is padded with zeros. */
export interface PackedMatrix {
  /** [rows, ceil(columns/32), 32·bits/8]; of two 4-bit values in a byte the first is the lower half. */
  readonly packed: Uint8Array;
  /** [rows · ceil(columns/32)]: a value is scale · (its bits − 2^(bits − 1)). */
  readonly scales: Float32Array;
}

/**
 * Rounds a matrix to 8 or 4 bits per element, symmetric about 0.
 * With 8 bits the element of largest magnitude m in a block is kept exactly: the scale is |m|/127. With 4 bits the scale is the one of
 * least squared error; it may be negative.
 * @param weights [rows, columns], finite
 */
export function packNBits(weights: Float32Array, rows: number, columns: number, bits: 4 | 8): PackedMatrix {
  if (weights.length !== rows * columns) {
    throw new RangeError(`A matrix [${rows}, ${columns}] has ${rows * columns} elements, not ${weights.length}.`);
  }
  const blocks = Math.ceil(columns / NBITS_BLOCK);
  const packed = new Uint8Array((rows * blocks * NBITS_BLOCK * bits) / 8);
  const scales = new Float32Array(rows * blocks);
  const round = bits === 8 ? roundTo8 : roundTo4;
  const padded = new Float32Array(NBITS_BLOCK);
  const bytes = (NBITS_BLOCK * bits) / 8;
  for (let row = 0, block = 0; row < rows; row++) {
    for (let column = 0; column < columns; column += NBITS_BLOCK, block++) {
      const start = row * columns + column;
      if (column + NBITS_BLOCK <= columns) {
        scales[block] = round(weights, start, packed, block * bytes);
      } else {
        padded.fill(0).set(weights.subarray(start, (row + 1) * columns));
        scales[block] = round(padded, 0, packed, block * bytes);
      }
    }
  }
  return { packed, scales };
}

/** The values that quantised weights stand for [rows, columns]. */
export function unpackNBits(matrix: PackedMatrix, rows: number, columns: number, bits: 4 | 8): Float32Array {
  const { packed, scales } = matrix;
  const blocks = Math.ceil(columns / NBITS_BLOCK);
  const result = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      // Blocks are padded, so elements lie as in a matrix with whole blocks in each row.
      const at = row * blocks * NBITS_BLOCK + column;
      const stored = bits === 8 ? packed[at]! : (packed[at >> 1]! >> (4 * (at & 1))) & 15;
      result[row * columns + column] = scales[Math.floor(at / NBITS_BLOCK)]! * (stored - (bits === 8 ? 128 : 8));
    }
  }
  return result;
}

/** The element of largest magnitude in a block, with its sign. */
function extreme(weights: Float32Array, start: number): number {
  let low = 0;
  let high = 0;
  for (let i = start; i < start + NBITS_BLOCK; i++) {
    const weight = weights[i]!;
    // No branches: random weights would mislead their prediction.
    low = Math.min(low, weight);
    high = Math.max(high, weight);
  }
  return -low > high ? low : high;
}

/** Writes one block of 32 bytes; returns its scale. */
function roundTo8(weights: Float32Array, start: number, packed: Uint8Array, to: number): number {
  const scale = Math.fround(Math.abs(extreme(weights, start)) / 127);
  const inverse = scale === 0 ? 0 : 1 / scale;
  // Adding half and dropping the fraction rounds: the sum is positive.
  for (let i = 0; i < NBITS_BLOCK; i++) packed[to + i] = (weights[start + i]! * inverse + 128.5) | 0;
  return scale;
}

/**
 * Which of its 4-bit values a block's largest element is tried as. −8 uses the whole range but rounds what lies opposite coarsely; which
 * is best depends on the block.
 */
const LARGEST_AS = [-8, -7.3, -6.6, 7];

/**
 * Writes one block of 16 bytes; returns its scale: that of least squared error for the rounded values, of the tries' the best (the idea
 * of llama.cpp's make_qx_quants).
 */
function roundTo4(weights: Float32Array, start: number, packed: Uint8Array, to: number): number {
  const largest = extreme(weights, start);
  if (largest === 0) {
    packed.fill(0x88, to, to + NBITS_BLOCK / 2);
    return 0;
  }
  let best = -1;
  let scale = 0;
  let inverse = 0;
  for (const as of LARGEST_AS) {
    const factor = as / largest;
    let product = 0;
    let square = 0;
    for (let i = 0; i < NBITS_BLOCK; i++) {
      const weight = weights[start + i]!;
      const value = Math.min(15, (weight * factor + 8.5) | 0) - 8;
      product += weight * value;
      square += value * value;
    }
    // With the best scale the squared error is Σw² − this.
    const explained = (product * product) / square;
    if (explained > best) {
      best = explained;
      scale = product / square;
      inverse = factor;
    }
  }
  for (let i = 0; i < NBITS_BLOCK; i += 2) {
    const first = Math.min(15, (weights[start + i]! * inverse + 8.5) | 0);
    const second = Math.min(15, (weights[start + i + 1]! * inverse + 8.5) | 0);
    packed[to + (i >> 1)] = first | (second << 4);
  }
  return Math.fround(scale);
}
