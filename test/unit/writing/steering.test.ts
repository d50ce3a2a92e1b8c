import { describe, expect, it } from 'vitest';
import { assertLabels, neverOf, pinOf } from '../../../src/writing/steering';

describe('steering', () => {
  const steering = { unit: 4, pins: [7, 9], never: [1, 2] };

  it('binds units in order from the first', () => {
    expect([3, 4, 5, 6].map((unit) => pinOf(steering, unit))).toEqual([undefined, 7, 9, undefined]);
  });

  it('forbids labels for the first unit only', () => {
    expect([3, 4, 5].map((unit) => neverOf(steering, unit))).toEqual([[], [1, 2], []]);
  });

  it('refuses what is no label', () => {
    for (const wrong of [-1, 8, 1.5, NaN]) expect(() => assertLabels([0, wrong], 8)).toThrow(RangeError);
    expect(() => assertLabels([0, 7], 8)).not.toThrow();
  });
});
