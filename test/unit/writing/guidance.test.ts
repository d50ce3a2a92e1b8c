import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guide } from '../../../src/writing/guidance';

const value = fc.double({ min: -20, max: 20, noNaN: true });
const pair = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 12 });

describe('guidance', () => {
  it('of strength 0 is free, of strength 1 the condition, and of 2 as far beyond it', () => {
    fc.assert(
      fc.property(pair, (pairs) => {
        const free = Float32Array.from(pairs, ([a]) => a);
        const steered = Float32Array.from(pairs, ([, b]) => b);
        for (const [i, logit] of guide(free, steered, 0).entries()) expect(logit).toBeCloseTo(free[i]!, 4);
        for (const [i, logit] of guide(free, steered, 1).entries()) expect(logit).toBeCloseTo(steered[i]!, 4);
        for (const [i, logit] of guide(free, steered, 2).entries()) {
          expect(logit).toBeCloseTo(2 * steered[i]! - free[i]!, 4);
        }
      }),
    );
  });

  it('changes nothing where the condition changes nothing', () => {
    const logits = Float32Array.of(1, -2, 3);
    expect(guide(logits, logits, 5)).toEqual(logits);
  });
});
