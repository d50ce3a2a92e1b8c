/** What is timed in the extension host, in milliseconds. */
export type HostWork = 'activate' | 'edit' | 'lenses' | 'suggestion' | 'typed-through';

/** The latest durations of each kind of work, for the doctor and the benchmark. */
const KEPT = 2000;

/** How long the extension host was kept busy, and how long suggestions took. Kept in memory only. */
export class HostTimings {
  private readonly durations = new Map<HostWork, number[]>();

  record(work: HostWork, milliseconds: number): void {
    const list = this.durations.get(work) ?? [];
    if (list.length === KEPT) list.shift();
    list.push(milliseconds);
    this.durations.set(work, list);
  }

  of(work: HostWork): readonly number[] {
    return this.durations.get(work) ?? [];
  }

  /** The value that a share `q` of the durations does not exceed; undefined where there are none. */
  quantile(work: HostWork, q: number): number | undefined {
    const sorted = [...this.of(work)].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
  }
}
