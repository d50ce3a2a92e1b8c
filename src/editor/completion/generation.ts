import type { Anchor } from './place';
import type { Wish } from './wish';

/** How long a generation goes on that nobody waits for: the editor asks anew within its own 50 ms and the time between two keystrokes. */
export const ORPHANED_MS = 150;

/** A suggestion being made. It outlives the request it was started for, as long as what is typed meanwhile may be its beginning. */
export class Generation {
  private readonly controller = new AbortController();
  private partial = '';
  private waiting = 0;
  private orphaned: NodeJS.Timeout | undefined;
  private over = false;
  private readonly finished: Promise<void>;

  /**
   * @param conditions what it depends on besides the text and the steering, as far as that is known: with which weights shows when the engine has started
   * @param work stops at the signal, reports the text so far, and keeps its result itself
   */
  constructor(
    private readonly conditions: () => string,
    readonly steering: string,
    readonly anchor: Anchor,
    work: (signal: AbortSignal, onPartial: (text: string) => void) => Promise<void>,
    private readonly textNow: () => string,
  ) {
    this.finished = work(this.controller.signal, (text) => this.grow(text)).finally(() => {
      this.over = true;
      clearTimeout(this.orphaned);
    });
    // Whoever waits hears of a failure; where nobody does, it is of no interest.
    this.finished.catch(() => undefined);
  }

  /** Whether it still runs and nobody has stopped it. */
  get running(): boolean {
    return !this.over && !this.controller.signal.aborted;
  }

  /** Whether its result may be what is wanted. */
  serves({ conditions, place, steeringSince }: Wish): boolean {
    if (!this.running || conditions !== this.conditions()) return false;
    const typed = this.anchor.typedAt(place);
    return typed !== undefined && this.agrees(typed) && this.steering === steeringSince(this.anchor.offset);
  }

  /** Stops where the text can no longer become what is being generated. */
  check(): void {
    const typed = this.anchor.typedIn(this.anchor.key, this.textNow());
    if (typed === undefined || !this.agrees(typed)) this.stop();
  }

  stop(): void {
    clearTimeout(this.orphaned);
    this.controller.abort();
  }

  /**
   * Resolves when the generation ends or is stopped, or the one who waits gives up, whose signal is not the generation's: it ends only when nobody has
   * come back for it after a while. @throws what the work threw
   */
  async wait(signal: AbortSignal): Promise<void> {
    this.waiting++;
    clearTimeout(this.orphaned);
    try {
      await Promise.race([this.finished, aborted(signal), aborted(this.controller.signal)]);
    } finally {
      this.waiting--;
      if (this.waiting === 0 && this.running) this.orphaned = setTimeout(() => this.stop(), ORPHANED_MS);
    }
  }

  private grow(text: string): void {
    this.partial = text;
    if (this.running) this.check();
  }

  /** The engine may still take off white space at the start, which the text so far has. */
  private agrees(typed: string): boolean {
    return overlap(this.partial, typed) || overlap(this.partial.trimStart(), typed);
  }
}

/** Whether one is the beginning of the other. */
function overlap(a: string, b: string): boolean {
  return a.length < b.length ? b.startsWith(a) : a.startsWith(b);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
