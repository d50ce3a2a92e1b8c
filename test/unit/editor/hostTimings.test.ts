import { expect, it } from 'vitest';
import { HostTimings } from '../../../src/editor/hostTimings';

it('gives quantiles of what was recorded, and nothing where nothing was', () => {
  const timings = new HostTimings();
  expect(timings.quantile('edit', 0.5)).toBeUndefined();
  for (let n = 100; n >= 1; n--) timings.record('edit', n);
  expect(timings.quantile('edit', 0.5)).toBe(51);
  expect(timings.quantile('edit', 0.99)).toBe(100);
  expect(timings.quantile('edit', 1)).toBe(100);
});

it('forgets the oldest', () => {
  const timings = new HostTimings();
  for (let n = 0; n < 2500; n++) timings.record('edit', n);
  expect(timings.of('edit')).toHaveLength(2000);
  expect(timings.of('edit')[0]).toBe(500);
});
