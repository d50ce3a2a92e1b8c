import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelDistances, observeLabels } from '../../../src/model/observe';

const codebook = { centroids: Float32Array.of(1, 0, 0, 1, -1, 0), mean: Float32Array.of(0.5, 0.5) };
const plain = { count: 3, centering: 'none', priorWeight: 2 } as const;
const centered = { count: 3, centering: 'document', priorWeight: 2 } as const;

describe('observed labels', () => {
  it('are the nearest centroids', () => {
    expect([...observeLabels(Float32Array.of(0.9, 0.1, 0.2, 0.7, -0.3, 0.1), codebook, plain)]).toEqual([0, 1, 2]);
  });

  it('count the distance, not only the direction', () => {
    const long = { centroids: Float32Array.of(10, 0, 1, 0.5), mean: codebook.mean };
    expect([...observeLabels(Float32Array.of(1, 0), long, { ...plain, count: 2 })]).toEqual([1]);
  });

  it('are taken after the running mean of the document', () => {
    // Unit 0: mean (2·0.5 + 1.2) / 3 = 0.733, so x = (0.467, …); unit 1 of the same embedding: mean 0.85, x = (0.35, …).
    const own = { centroids: Float32Array.of(0.467, 0, 0.35, 0), mean: Float32Array.of(0.5, 0) };
    expect([...observeLabels(Float32Array.of(1.2, 0, 1.2, 0), own, { ...centered, count: 2 })]).toEqual([0, 1]);
  });

  it('do not change when text follows', () => {
    const value = fc.double({ min: -2, max: 2, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 2, maxLength: 20 }), fc.nat(9), (values, cut) => {
        const even = Float32Array.from(values.slice(0, values.length - (values.length % 2)));
        const prefix = even.subarray(0, 2 * Math.min(cut, even.length / 2));
        const whole = observeLabels(even, codebook, centered);
        expect([...observeLabels(prefix, codebook, centered)]).toEqual([...whole.subarray(0, prefix.length / 2)]);
      }),
    );
  });

  it('from a unit on are the last ones of all', () => {
    const value = fc.double({ min: -2, max: 2, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { maxLength: 12 }), fc.nat(12), (rows, cut) => {
        const from = Math.min(cut, rows.length);
        const embeddings = Float32Array.from(rows.flat());
        const whole = observeLabels(embeddings, codebook, centered);
        expect(observeLabels(embeddings, codebook, centered, from)).toEqual(whole.slice(from));
      }),
    );
    expect(() => observeLabels(new Float32Array(2), codebook, centered, 2)).toThrow(RangeError);
  });

  it('are those at the least distance', () => {
    const value = fc.double({ min: -2, max: 2, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 12 }), (rows) => {
        const embeddings = Float32Array.from(rows.flat());
        for (const labels of [plain, centered]) {
          const distances = labelDistances(embeddings, codebook, labels);
          expect(distances).toHaveLength(3);
          const label = observeLabels(embeddings, codebook, labels).at(-1)!;
          for (const distance of distances) expect(distance).toBeGreaterThanOrEqual(distances[label]! - 1e-6);
        }
      }),
    );
    expect([...labelDistances(Float32Array.of(1, 1), codebook, plain)]).toEqual([1, 1, expect.closeTo(Math.sqrt(5))]);
    expect(() => labelDistances(new Float32Array(0), codebook, plain)).toThrow(RangeError);
  });

  it('are none for no units, and half an embedding is refused', () => {
    expect(observeLabels(new Float32Array(0), codebook, centered)).toHaveLength(0);
    expect(() => observeLabels(new Float32Array(3), codebook, centered)).toThrow(RangeError);
  });
});
