/** The value that a share `q` of the values does not exceed; NaN where there are none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** The upper median. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Prints a time, and what was asked for where something was. */
export function report(what: string, milliseconds: number, limit?: number): void {
  const verdict = limit === undefined ? '' : `  (asked: at most ${limit} ms)`;
  console.log(`${what.padEnd(78)} ${milliseconds.toFixed(milliseconds < 1 ? 3 : 1).padStart(8)} ms${verdict}`);
}
