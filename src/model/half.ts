/** Values of all 65536 half-precision bit patterns (256 kB): a table look-up is several times faster than arithmetic. */
let halfValues: Float32Array | undefined;

function halfTable(): Float32Array {
  if (halfValues !== undefined) return halfValues;
  const table = new Float32Array(1 << 16);
  for (let bits = 0; bits < 1 << 16; bits++) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const mantissa = bits & 1023;
    if (exponent === 31) table[bits] = mantissa === 0 ? sign * Infinity : NaN;
    else if (exponent === 0) table[bits] = sign * mantissa * 2 ** -24;
    else table[bits] = sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
  }
  return (halfValues = table);
}

/** IEEE half precision → float32, element by element into `target`. */
export function halfToFloat(bits: Uint16Array, target: Float32Array): void {
  const table = halfTable();
  for (let i = 0; i < bits.length; i++) target[i] = table[bits[i]!]!;
}

/** bfloat16 → float32: the upper half of the float's bits. */
export function bfloatToFloat(bits: Uint16Array, target: Float32Array): void {
  const raw = new Uint32Array(target.buffer, target.byteOffset, target.length);
  for (let i = 0; i < bits.length; i++) raw[i] = bits[i]! << 16;
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
  return bits.findIndex((value) => (value & exponent) === exponent);
}
