import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NoNumbersError } from '../../../src/model/errors';
import { chooseToken, probabilityOf, seededRandom } from '../../../src/writing/sampling';

const greedy = { temperature: 0, topP: 1 };
const logits = Float32Array.from([0, 3, 1, 2]);
const total = 1 + Math.E ** 3 + Math.E + Math.E ** 2;

describe('choosing a token', () => {
  it('takes the most probable when greedy, the first of equals', () => {
    expect(chooseToken(logits, undefined, greedy, seededRandom(1))).toBe(1);
    expect(probabilityOf(1, logits, undefined)).toBeCloseTo(Math.E ** 3 / total, 6);
    expect(chooseToken(Float32Array.of(1, 1), undefined, greedy, seededRandom(1))).toBe(0);
  });

  it('takes only what is allowed, and its probability among that', () => {
    expect(chooseToken(logits, [0, 2], greedy, seededRandom(1))).toBe(2);
    expect(probabilityOf(2, logits, [0, 2])).toBeCloseTo(Math.E / (1 + Math.E), 6);
  });

  it('samples by probability', () => {
    const random = seededRandom(3);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 20_000; i++) counts[chooseToken(logits, undefined, { temperature: 1, topP: 1 }, random)]!++;
    for (const [token, count] of counts.entries()) {
      expect(count / 20_000).toBeCloseTo(Math.exp(logits[token]!) / total, 1);
    }
  });

  it('leaves the tail out with top-p', () => {
    const random = seededRandom(3);
    for (let i = 0; i < 200; i++) {
      expect([1, 3]).toContain(chooseToken(logits, undefined, { temperature: 2, topP: 0.6 }, random));
    }
  });

  it('draws from the smallest set of the most probable that reaches top-p', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.nat(),
        (values, topP, seed) => {
          const given = Float32Array.from(values);
          const order = [...given.keys()].sort((a, b) => given[b]! - given[a]! || a - b);
          const weights = order.map((i) => Math.exp(given[i]! - Math.max(...given)));
          const mass = weights.reduce((sum, weight) => sum + weight, 0);
          let [size, sum] = [0, 0];
          while (size < order.length && sum < topP * mass * (1 - 1e-9)) sum += weights[size++]!;
          const chosen = chooseToken(given, undefined, { temperature: 1, topP }, seededRandom(seed));
          // One more where rounding decides.
          expect(order.slice(0, size + 1)).toContain(chosen);
        },
      ),
    );
  });

  it('gives the same numbers for the same seed, others for another', () => {
    const draw = (seed: number) => Array.from({ length: 5 }, seededRandom(seed));
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw(7).every((value) => value >= 0 && value < 1)).toBe(true);
  });

  it('says so when the model computes no numbers', () => {
    expect(() => chooseToken(Float32Array.of(NaN, NaN), undefined, greedy, seededRandom(1))).toThrow(/no number/);
    for (const broken of [Float32Array.of(1, NaN, 2), Float32Array.of(NaN, 1, 2), Float32Array.of(2, 1, NaN)]) {
      for (const sampling of [greedy, { temperature: 0.8, topP: 0.95 }]) {
        expect(() => chooseToken(broken, undefined, sampling, seededRandom(1))).toThrow(NoNumbersError);
        expect(() => chooseToken(broken, [0, 1, 2], sampling, seededRandom(1))).toThrow(NoNumbersError);
      }
    }
  });

  it.each([
    { temperature: 1e-17, topP: 0.95 },
    { temperature: 1e-17, topP: 1 },
    { temperature: 1, topP: 0 },
    { temperature: 1e-17, topP: 0 },
  ])('takes the most probable one at least: %j', (sampling) => {
    expect(chooseToken(logits, undefined, sampling, seededRandom(1))).toBe(1);
    expect(chooseToken(logits, [0, 2, 3], sampling, seededRandom(1))).toBe(3);
  });
});
