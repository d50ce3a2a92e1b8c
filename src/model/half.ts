/** Values of all 65536 half-precision bit patterns (256 kB): a table look-up is several times faster than arithmetic. */
let halfValues: Float32Array | undefined;

function halfTable(): Float32Array {
  if (halfValues !== undefined) return halfValues;
  const table = new Float32Array(1 << 16);
  const raw = new Uint32Array(table.buffer);
  for (let bits = 0; bits < 1 << 16; bits++) {
    const sign = (bits & 0x8000) << 16;
    const exponent = (bits >> 10) & 31;
    const mantissa = bits & 1023;
    // Infinities, NaN, and normal numbers: the exponent's bias goes from 15 to 127.
    if (exponent > 0) raw[bits] = sign | ((exponent === 31 ? 255 : exponent + 112) << 23) | (mantissa << 13);
    else table[bits] = (sign === 0 ? mantissa : -mantissa) * 2 ** -24;
  }
  return (halfValues = table);
}

/** IEEE half precision → float32, element by element into `target`. */
export function halfToFloat(bits: Uint16Array, target: Float32Array): void {
  const table = halfTable();
  for (let i = 0; i < bits.length; i++) target[i] = table[bits[i]!]!;
}

/**
 * Float32 → IEEE half precision, element by element into `target`: rounded to the nearest, ties to even; what is too large becomes infinite. A library's
 * function for one number takes a hundred times as long, which made tuned weights ready 20 s late.
 */
export function floatToHalf(values: Float32Array, target: Uint16Array): void {
  const raw = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < raw.length; i++) {
    const bits = raw[i]!;
    const sign = (bits >>> 16) & 0x8000;
    const magnitude = bits & 0x7fff_ffff;
    if (magnitude > 0x7f80_0000) target[i] = sign | 0x7e00;
    // From 65520 = 2^16 - 2^4 on.
    else if (magnitude >= 0x477f_f000) target[i] = sign | 0x7c00;
    // Normal, from 2^-14 on: the exponent's bias goes from 127 to 15, and 13 bits of the mantissa go.
    else if (magnitude >= 0x3880_0000) target[i] = sign | roundedShift(magnitude - ((127 - 15) << 23), 13);
    // Subnormal: a multiple of 2^-24, shifted out of the mantissa with its leading one; below 2^-25 nothing is left.
    else if (magnitude >= 0x3300_0000) {
      target[i] = sign | roundedShift((magnitude & 0x7f_ffff) | 0x80_0000, 126 - (magnitude >>> 23));
    } else target[i] = sign;
  }
}

/** bits / 2^shift to the nearest integer, ties to even. */
function roundedShift(bits: number, shift: number): number {
  const kept = bits >>> shift;
  const rest = bits & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}

/** bfloat16 → float32: the upper half of the float's bits. */
export function bfloatToFloat(bits: Uint16Array, target: Float32Array): void {
  const raw = new Uint32Array(target.buffer, target.byteOffset, target.length);
  for (let i = 0; i < bits.length; i++) raw[i] = bits[i]! << 16;
}

/** Values along a row that share a scale where a matrix is stored in 8 bits. */
export const BLOCK = 32;
/** What stands for zero there. */
export const ZERO_POINT = 128;

/**
 * Blocks of 32 integers plus 128, each with its scale in half precision → float32, element by element into `target`. Nothing is rounded: a product of
 * 8 and 11 bits fits a float's 24.
 */
export function bytesToFloat(values: Uint8Array, scales: Uint16Array, target: Float32Array): void {
  const table = halfTable();
  for (let block = 0, at = 0; block < scales.length; block++) {
    const scale = table[scales[block]!]!;
    // Four at a time: a third faster.
    for (const end = at + BLOCK; at < end; at += 4) {
      target[at] = scale * (values[at]! - ZERO_POINT);
      target[at + 1] = scale * (values[at + 1]! - ZERO_POINT);
      target[at + 2] = scale * (values[at + 2]! - ZERO_POINT);
      target[at + 3] = scale * (values[at + 3]! - ZERO_POINT);
    }
  }
}

/** Index of the first NaN or infinity, or -1. */
export function firstNotFinite(values: Float32Array): number {
  // A sum of x·0 is NaN exactly where some x is not finite; the search for which one runs only then.
  let probe = 0;
  for (let i = 0; i < values.length; i++) probe += values[i]! * 0;
  return probe === 0 ? -1 : values.findIndex((value) => !Number.isFinite(value));
}

/** The same for half-precision bits: all bits of the exponent are set. */
export function firstNotFiniteBits(bits: Uint16Array, dtype: 'F16' | 'BF16'): number {
  const exponent = dtype === 'F16' ? 0x7c00 : 0x7f80;
  const isFull = (value: number): boolean => (value & exponent) === exponent;
  if (bits.byteOffset % Int32Array.BYTES_PER_ELEMENT !== 0) return bits.findIndex(isFull);
  // Two numbers at a time: adding its lowest bit to a full exponent sets the bit above it. All is moved down by one bit, so that it stays a small integer, which is
  // four times as fast. The search for which one it is runs only then.
  const both = (part: number): number => (part >> 1) | ((part >> 1) << 16);
  const [exponents, lowests] = [both(exponent), both(exponent & -exponent)];
  const pairs = new Int32Array(bits.buffer, bits.byteOffset, bits.length >> 1);
  let carried = 0;
  for (let i = 0; i < pairs.length; i++) carried |= ((pairs[i]! >> 1) & exponents) + lowests;
  if ((carried & 0x4000_4000) === 0 && !isFull(bits.at(-1) ?? 0)) return -1;
  return bits.findIndex(isFull);
}
