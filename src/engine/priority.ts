import { CancelledError } from '../writing/cancellation';

/**
 * Lets what a writer waits for go first: patient work, such as the plan of a whole document, is interrupted while urgent work runs and taken up again
 * afterwards. What it had computed is in caches, so little is lost.
 */
export class Priority {
  private urgents = 0;
  /** Aborted when urgent work comes. */
  private turn = new AbortController();
  private waiting: (() => void)[] = [];

  async urgent<T>(work: () => Promise<T>): Promise<T> {
    this.urgents++;
    this.turn.abort(new CancelledError());
    try {
      return await work();
    } finally {
      this.urgents--;
      if (this.urgents === 0) {
        this.turn = new AbortController();
        for (const resume of this.waiting.splice(0)) resume();
      }
    }
  }

  /** @param work may be started several times; it must stop with an error when its signal is aborted */
  async patient<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    for (;;) {
      while (this.urgents > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
      if (signal.aborted) throw new CancelledError();
      const turn = this.turn.signal;
      try {
        return await work(AbortSignal.any([signal, turn]));
      } catch (error) {
        if (!turn.aborted || !(error instanceof CancelledError)) throw error;
      }
    }
  }
}
