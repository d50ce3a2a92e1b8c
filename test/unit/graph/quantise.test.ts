import { describe, expect, it } from 'vitest';
import { GraphBuilder, ops, packNBits, unpackNBits, type TensorData } from '../../../src/graph';
import { distance, floatTensor, noise, runtime } from './support';

/** x [rows, inner] × Wᵀ [inner, out] in plain numbers. */
function product(x: Float32Array, w: Float32Array, rows: number, inner: number, out: number): Float32Array {
  const result = new Float32Array(rows * out);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < out; j++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += x[i * inner + k]! * w[j * inner + k]!;
      result[i * out + j] = sum;
    }
  }
  return result;
}

describe.each([8, 4] as const)('%i bits', (bits) => {
  it.each([
    { rows: 1, inner: 64, out: 48 },
    { rows: 5, inner: 96, out: 33 },
    { rows: 3, inner: 50, out: 16 },
  ])(
    'MatMulNBits equals the product with the values stood for, x [$rows, $inner], $out outputs',
    async ({ rows, inner, out }) => {
      const [x, w] = [noise(rows * inner, 1), noise(out * inner, 2)];
      const matrix = packNBits(w, out, inner, bits);
      const blocks = Math.ceil(inner / 32);
      for (const accuracyLevel of [0, 4] as const) {
        const builder = new GraphBuilder('quantised');
        const input = builder.input('x', 'float32', ['T', inner]);
        const packed = builder.weight('packed', 'uint8', [out, blocks, 4 * bits]);
        const scales = builder.weight('scales', 'float32', [out * blocks]);
        builder.output('y', ops.matMulNBits(input, packed, scales, { bits, accuracyLevel }));
        const weights = new Map<string, TensorData>(Object.entries(matrix));
        const session = await runtime.createSession(builder.build(), { weights, threads: 1 });
        const y = (await session.run({ x: floatTensor(x, [rows, inner]) })).get('y');
        await session.dispose();
        if (y?.location !== 'cpu') throw new Error('The output is not in memory.');
        const wanted = product(x, unpackNBits(matrix, out, inner, bits), rows, inner, out);
        // Level 4 rounds x to 8 bits as well: an error of at most 1/254 of a block's largest |x| per element.
        const allowed = accuracyLevel === 0 ? 2e-5 : 0.1;
        expect(distance(y.data as Float32Array, wanted)).toBeLessThan(allowed);
      }
    },
  );

  it('errs by half a step at most with 8 bits, by no more than plain rounding in the square with 4', () => {
    const w = noise(4 * 70, 3);
    const matrix = packNBits(w, 4, 70, bits);
    const back = unpackNBits(matrix, 4, 70, bits);
    for (let row = 0; row < 4; row++) {
      for (let column = 0; column < 70; column += 32) {
        const at = row * 70 + column;
        const end = Math.min(at + 32, (row + 1) * 70);
        const block = w.slice(at, end);
        const step = Math.abs(matrix.scales[row * 3 + column / 32]!);
        const rounded = back.slice(at, end);
        if (bits === 8) {
          expect(distance(block, rounded)).toBeLessThan(step * 0.501);
          continue;
        }
        const largest = block.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
        const plain = block.map((w) => (largest / -8) * Math.min(7, Math.round((w * -8) / largest)));
        const error = (other: Float32Array) => block.reduce((sum, value, i) => sum + (value - other[i]!) ** 2, 0);
        expect(error(rounded)).toBeLessThanOrEqual(error(plain) * 1.000001);
      }
    }
  });

  it('turns a block of zeros into zeros', () => {
    const zeros = new Float32Array(64);
    expect(unpackNBits(packNBits(zeros, 2, 32, bits), 2, 32, bits).every((value) => value === 0)).toBe(true);
  });
});

it('names sizes that do not agree', () => {
  expect(() => packNBits(new Float32Array(5), 2, 3, 8)).toThrow('A matrix [2, 3] has 6 elements, not 5.');
});
