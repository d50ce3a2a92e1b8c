/**
 * What is timed in the extension host, in milliseconds. `edit-processor` is the part of `edit` in which the processor was at work for it: on a busy machine the rest is
 * waiting for one.
 */
export type HostWork = 'activate' | 'edit' | 'edit-processor' | 'lenses' | 'suggestion' | 'typed-through';

/** Microseconds; from Node 23.9 on, which an older editor does not have. */
const { threadCpuUsage } = process as { threadCpuUsage?: () => { readonly user: number; readonly system: number } };

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

  /** Does the work of an edit, and records it. */
  edit(work: () => void): void {
    const began = performance.now();
    const used = threadCpuUsage?.call(process);
    work();
    this.record('edit', performance.now() - began);
    if (used === undefined) return;
    const { user, system } = threadCpuUsage!.call(process);
    this.record('edit-processor', (user - used.user + system - used.system) / 1000);
  }

  of(work: HostWork): readonly number[] {
    return this.durations.get(work) ?? [];
  }

  clear(): void {
    this.durations.clear();
  }

  /** The value that a share `q` of the durations does not exceed; undefined where there are none. */
  quantile(work: HostWork, q: number): number | undefined {
    const sorted = [...this.of(work)].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
  }
}
