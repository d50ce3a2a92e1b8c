import { expect, it } from 'vitest';
import { isSurprising, surprisal } from '../../../src/writing/surprisal';

it('surprisal counts bits', () => {
  expect(surprisal(1)).toBe(0);
  expect(surprisal(1 / 1024)).toBe(10);
  expect(surprisal(0)).toBe(40);
  expect(Number.isFinite(surprisal(1e-45))).toBe(true);
});

it('a unit is surprising when it was less expected than by chance', () => {
  expect(isSurprising(10.1, 1024)).toBe(true);
  expect(isSurprising(10, 1024)).toBe(false);
});
