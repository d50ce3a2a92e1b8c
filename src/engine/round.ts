import type { LabelProbability } from './protocol';

/** Significant digits of the numbers that are sent: more than anyone is shown, and a plan of a long document stays small. */
const DIGITS = 4;

/** To four significant digits. */
export function short(value: number): number {
  return Number(value.toPrecision(DIGITS));
}

export function shortLabels(labels: readonly LabelProbability[]): LabelProbability[] {
  return labels.map(({ id, probability }) => ({ id, probability: short(probability) }));
}
