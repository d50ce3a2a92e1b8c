/** When an engine that ended unexpectedly is started again. */
export interface RestartPolicy {
  /** Waits before the first, second, … restart in a row, in milliseconds. There are no more restarts than entries without some use of the engine between them. */
  readonly delays: readonly number[];
  /** Nor are there more ends than this within the window, whatever use it was of between them. */
  readonly mostEnds: number;
  /** Ends that lie further back count no longer. */
  readonly windowMilliseconds: number;
  /** A process that is not ready by then counts as ended. */
  readonly startMilliseconds: number;
  /** A process that does not go when asked to is killed after so long. */
  readonly killMilliseconds: number;
  /** One that answers nothing for so long counts as failed. */
  readonly silenceMilliseconds: number;
  /** How long after it is ready a GPU is tried that nothing is known of: what the writer waits for comes first. */
  readonly tryGpuMilliseconds: number;
}

export const DEFAULT_POLICY: RestartPolicy = {
  delays: [500, 2000, 8000],
  // An end every five seconds: beyond it there is more starting than writing.
  mostEnds: 60,
  windowMilliseconds: 5 * 60_000,
  startMilliseconds: 120_000,
  killMilliseconds: 2000,
  silenceMilliseconds: 60_000,
  tryGpuMilliseconds: 10_000,
};

/** Counts unexpected ends: those in a row, and those in a sliding window. */
export class RestartCounter {
  private ends: number[] = [];
  /** When the engine was last of use. */
  private worked = -Infinity;

  constructor(
    private readonly policy: RestartPolicy,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Notes an unexpected end. @returns the restart's number in its row, from 1, and the wait before it; undefined where there were too many */
  next(): { readonly attempt: number; readonly delay: number } | undefined {
    const now = this.now();
    this.ends = [...this.ends.filter((at) => now - at < this.policy.windowMilliseconds), now];
    const attempt = this.ends.filter((at) => at > this.worked).length;
    const delay = this.policy.delays[attempt - 1];
    return delay === undefined || this.ends.length > this.policy.mostEnds ? undefined : { attempt, delay };
  }

  /** Notes that the engine was of use: ends from now on are the beginning of a new row. */
  work(): void {
    this.worked = this.now();
  }

  reset(): void {
    this.ends = [];
  }
}
