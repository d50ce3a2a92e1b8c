import { getFloat16, setFloat16 } from '@petamoriken/float16';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstNotFiniteBits, floatToHalf, halfToFloat } from '../../../src/model/half';

/** The bits of a number in half precision, by a library. */
function libraryBits(value: number): number {
  const view = new DataView(new ArrayBuffer(2));
  setFloat16(view, 0, value);
  return view.getUint16(0);
}

function bitsOf(values: readonly number[]): number[] {
  const target = new Uint16Array(values.length);
  floatToHalf(Float32Array.from(values), target);
  return [...target];
}

const EVERY = Uint16Array.from({ length: 1 << 16 }, (_, bits) => bits);

describe('the search for what is no finite number', () => {
  const naive = (bits: Uint16Array, exponent: number): number => bits.findIndex((one) => (one & exponent) === exponent);

  it('finds every bit pattern that is none, at even and odd places', () => {
    const wrong = EVERY.filter((bits) =>
      [Uint16Array.of(bits), Uint16Array.of(bits, 0x807f), Uint16Array.of(0x8000, bits, 1)].some(
        (array) =>
          firstNotFiniteBits(array, 'F16') !== naive(array, 0x7c00) ||
          firstNotFiniteBits(array, 'BF16') !== naive(array, 0x7f80),
      ),
    );
    expect(wrong).toHaveLength(0);
  });

  it('sees those of an array that begins anywhere', () => {
    const bits = Uint16Array.of(1, 2, 0x7c00, 3, 0xffff);
    expect([0, 1, 2, 3, 4, 5].map((from) => firstNotFiniteBits(bits.subarray(from), 'F16'))).toEqual([
      2, 1, 0, 1, 0, -1,
    ]);
  });

  it('finds the first of several', () => {
    fc.assert(
      fc.property(fc.uint16Array({ maxLength: 50 }), (bits) => {
        const aligned = Uint16Array.from(bits);
        expect(firstNotFiniteBits(aligned, 'F16')).toBe(naive(aligned, 0x7c00));
        expect(firstNotFiniteBits(aligned, 'BF16')).toBe(naive(aligned, 0x7f80));
      }),
    );
  });
});

describe('half precision', () => {
  it('reads every bit pattern as a library does', () => {
    const read = new Float32Array(EVERY.length);
    halfToFloat(EVERY, read);
    const view = new DataView(EVERY.buffer);
    expect(EVERY.every((bits) => Object.is(read[bits], getFloat16(view, 2 * bits, true)))).toBe(true);
  });

  it('writes back every number it has read', () => {
    const read = new Float32Array(EVERY.length);
    halfToFloat(EVERY, read);
    const written = new Uint16Array(EVERY.length);
    floatToHalf(read, written);
    expect(EVERY.filter((bits) => !Number.isNaN(read[bits]) && written[bits] !== bits)).toHaveLength(0);
    expect(EVERY.filter((bits) => Number.isNaN(read[bits]) && !Number.isNaN(view(written[bits]!)))).toHaveLength(0);
  });

  it('rounds what lies between two numbers as a library does, ties to even', () => {
    const read = new Float32Array(0x7c00);
    halfToFloat(EVERY.subarray(0, 0x7c00), read);
    const between = [...read.subarray(0, -1)].flatMap((low, i) => {
      const middle = (low + read[i + 1]!) / 2;
      return [Math.fround(middle * (1 - 2 ** -24)), middle, Math.fround(middle * (1 + 2 ** -23))];
    });
    const both = [...between, ...between.map((value) => -value)];
    expect(bitsOf(both)).toEqual(both.map(libraryBits));
  });

  it('rounds any number as a library does', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (value) => {
        expect(bitsOf([value])).toEqual([libraryBits(value)]);
      }),
      { numRuns: 2000 },
    );
    const edges = [65504, 65519.996, 65520, 1e30, -Infinity, 2 ** -25, 2 ** -25 * 1.0001, 2 ** -26, -0];
    expect(bitsOf(edges)).toEqual(edges.map(libraryBits));
  });
});

function view(bits: number): number {
  const one = new Float32Array(1);
  halfToFloat(Uint16Array.of(bits), one);
  return one[0]!;
}
