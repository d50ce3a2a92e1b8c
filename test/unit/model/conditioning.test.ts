import { describe, expect, it } from 'vitest';
import { CONDITIONINGS, mixtureFor } from '../../../src/model/conditioning';

const input = {
  labels: 3,
  units: 2,
  probabilities: Float32Array.of(0.2, 0.5, 0.3, 0.4, 0.4, 0.2),
  gold: Int32Array.of(2, 0),
  fixedLabel: 1,
};

describe('the mixture of labels under each conditioning', () => {
  it.each([
    ['none', [0, 0, 0, 0, 0, 0]],
    ['fixed', [0, 1, 0, 0, 1, 0]],
    ['uniform', [1 / 3, 1 / 3, 1 / 3, 1 / 3, 1 / 3, 1 / 3].map(Math.fround)],
    ['oracle', [0, 0, 1, 1, 0, 0]],
    ['hard', [0, 1, 0, 1, 0, 0]],
    ['soft', [0.2, 0.5, 0.3, 0.4, 0.4, 0.2].map(Math.fround)],
  ] as const)('%s', (conditioning, expected) => {
    expect([...mixtureFor(conditioning, input)]).toEqual(expected);
  });

  it('sums to one for each unit except where there is no plan', () => {
    for (const conditioning of CONDITIONINGS) {
      const mixture = mixtureFor(conditioning, input);
      for (const unit of [0, 1]) {
        const sum = mixture.subarray(unit * 3, unit * 3 + 3).reduce((total, value) => total + value, 0);
        expect(sum).toBeCloseTo(conditioning === 'none' ? 0 : 1, 6);
      }
    }
  });

  it('refuses to invent what it was not given', () => {
    expect(() => mixtureFor('oracle', { labels: 3, units: 2 })).toThrow(RangeError);
    expect(() => mixtureFor('soft', { labels: 3, units: 2, probabilities: new Float32Array(3) })).toThrow(
      'needs 6 probabilities',
    );
    expect(() => mixtureFor('oracle', { ...input, gold: Int32Array.of(-1, 0) })).toThrow('no label -1');
  });
});
