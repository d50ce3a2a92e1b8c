import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesToFloat, halfToFloat } from '../../../src/model/half';
import { roundToBytes } from '../../../src/model/roundToBytes';

/** A block that begins with these values; zeros follow. */
function block(...values: number[]): number[] {
  return [...values, ...new Array<number>(32 - values.length).fill(0)];
}

/** The integers as they are meant, without the 128 that is added to them. */
function rounded(...blocks: readonly (readonly number[])[]): { data: number[][]; scales: number[] } {
  const { data, scales } = roundToBytes(Float32Array.from(blocks.flat()));
  const widths = new Float32Array(scales.length);
  halfToFloat(scales, widths);
  return {
    data: blocks.map((_, i) => Array.from(data.subarray(32 * i, 32 * (i + 1)), (byte) => byte - 128)),
    scales: [...widths],
  };
}

describe('rounding to 8 bits', () => {
  it('gives what models/recipe/eight_bits.py gives', () => {
    // By PyTorch 2, less 128: pack({'a': torch.tensor([[((i * 37) % 64 - 40) / 64 for i in range(32)]])})
    const { data, scales } = rounded(Array.from({ length: 32 }, (_, i) => (((i * 37) % 64) - 40) / 64));
    expect(scales).toEqual([0.00492095947265625]);
    expect(data[0]).toEqual([
      -127, -10, -95, 22, -64, 54, -32, -117, 0, -86, 32, -54, 64, -22, -108, 10, -76, 41, -44, 73, -13, -98, 19, -67,
      51, -35, -121, -3, -89, 29, -57, 60,
    ]);
  });

  it('rounds ties to even, in each block by its own scale', () => {
    const { data, scales } = rounded(block(-127, 0.5, 1.5, 2.5, -0.5, -1.5, 126.5, 125.5), block(254, 1, 3, -5));
    expect(scales).toEqual([1, 2]);
    expect(data).toEqual([block(-127, 0, 2, 2, 0, -2, 126, 126), block(127, 0, 2, -2)]);
  });

  it('rounds with the scale as half precision has it, and no further than to 127', () => {
    // 1.4 and 1.6 of half precision's smallest number are 1 and 2 of it, and a half is none, to even.
    const smallest = 2 ** -24;
    const { data, scales } = rounded(
      block(127 * 1.4 * smallest, -50 * smallest, -127 * 1.4 * smallest),
      block(127 * 1.6 * smallest),
      block(127 * 0.5 * smallest, -smallest),
    );
    expect(scales).toEqual([smallest, 2 * smallest, 0]);
    expect(data).toEqual([block(127, -50, -127), block(102), block()]);
  });

  it('is within half a scale, and the largest of a block within what its scale was rounded by', () => {
    const values = fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: -20, max: 12 }))
      .chain(([blocks, exponent]) =>
        fc
          .array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 32 * blocks, maxLength: 32 * blocks })
          .map((list) => Float32Array.from(list, (value) => value * 2 ** exponent)),
      );
    fc.assert(
      fc.property(values, (matrix) => {
        const { data, scales } = roundToBytes(matrix);
        const widths = new Float32Array(scales.length);
        halfToFloat(scales, widths);
        const read = new Float32Array(matrix.length);
        bytesToFloat(data, scales, read);
        const within = read.every((value, i) => {
          const scale = widths[i >> 5]!;
          const beyond = Math.max(0, Math.abs(matrix[i]!) - 127 * scale);
          // A quotient is rounded too, in single precision.
          return Math.abs(value - matrix[i]!) <= Math.max(scale * (0.5 + 2 ** -17), beyond);
        });
        expect(within).toBe(true);
      }),
    );
  });

  it('gives back what is in 8 bits already', () => {
    const stored = fc.record({
      // Normal numbers: those below have too few digits to be found again.
      scale: fc.integer({ min: 0x0400, max: 0x7bff }),
      bytes: fc.array(fc.integer({ min: 1, max: 255 }), { minLength: 31, maxLength: 31 }),
    });
    fc.assert(
      fc.property(stored, ({ scale, bytes }) => {
        const data = Uint8Array.of(1, ...bytes);
        const scales = Uint16Array.of(scale);
        const values = new Float32Array(32);
        bytesToFloat(data, scales, values);
        expect(roundToBytes(values)).toEqual({ data, scales });
      }),
    );
  });

  it.each([NaN, -Infinity, 1e9])('gives a block with %d a scale that is not finite, and others theirs', (value) => {
    const { scales } = rounded(block(127), block(1, value), block(-254));
    expect([scales[0], scales[2]]).toEqual([1, 2]);
    expect(Number.isFinite(scales[1])).toBe(false);
  });
});
