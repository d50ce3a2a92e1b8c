/** All in milliseconds. */
const START = 250;
/** The longest pause that is waited for: beyond it a suggestion is too late to be of use. */
const LONGEST = 600;
/** How much longer than between two of their keystrokes writers must pause to be waiting. Tabby's range is 1.5 to 3. */
const FACTOR = 1.5;
/** A longer gap between two keystrokes is thinking, not typing; a shorter one is a paste or a key held down. */
const GAPS = { shortest: 25, longest: 1000 };
/** Gaps needed before their mean says anything, and gaps and latencies remembered. */
const ENOUGH = 5;
const REMEMBERED = { gaps: 30, latencies: 10 };

/**
 * How long typing must pause before the engine is asked. A little longer than this writer's pauses between keystrokes, less the time
 * that the engine is expected to take: that is waiting too.
 */
export class AdaptiveDebounce {
  private readonly gaps: number[] = [];
  private readonly latencies: number[] = [];
  private lastTyped: number | undefined;
  private atOnce = false;

  /** @param now when a key was struck, in milliseconds of any clock that runs on */
  typed(now: number): void {
    const gap = now - (this.lastTyped ?? -Infinity);
    this.lastTyped = now;
    this.atOnce = false;
    if (gap >= GAPS.shortest && gap <= GAPS.longest) push(this.gaps, gap, REMEMBERED.gaps);
  }

  /** The text was changed otherwise than key by key (at several cursors, a word deleted): a pause begins, but says nothing of this writer's rhythm. */
  changed(now: number): void {
    this.lastTyped = now;
    this.atOnce = false;
  }

  /** The writer took a suggestion, or a part of one: what comes next is wanted at once. */
  accepted(): void {
    this.atOnce = true;
  }

  /** How long the engine took. */
  answered(milliseconds: number): void {
    push(this.latencies, milliseconds, REMEMBERED.latencies);
  }

  /** How long to wait after the last keystroke. */
  delay(shortest: number): number {
    if (this.atOnce) return 0;
    const wanted = this.gaps.length < ENOUGH ? START : mean(this.gaps) * FACTOR - mean(this.latencies);
    return Math.max(shortest, Math.min(LONGEST, wanted));
  }

  /** What is left of the delay now. */
  remaining(now: number, shortest: number): number {
    return Math.max(0, (this.lastTyped ?? -Infinity) + this.delay(shortest) - now);
  }
}

function push(list: number[], value: number, most: number): void {
  list.push(value);
  if (list.length > most) list.shift();
}

function mean(list: readonly number[]): number {
  return list.length === 0 ? 0 : list.reduce((sum, value) => sum + value, 0) / list.length;
}
