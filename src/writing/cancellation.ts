/** Work was stopped because its caller no longer wants the result. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';

  constructor(message = 'The work was cancelled: its result is no longer wanted.') {
    super(message);
  }
}

/**
 * Lets the event loop run (so that a cancellation can arrive at all), then stops if it has.
 * @throws {CancelledError}
 */
export async function checkpoint(signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) throw new CancelledError();
  await new Promise<void>((resolve) => setImmediate(resolve));
  if (signal?.aborted) throw new CancelledError();
}

/** Runs pieces of work one after another, in the order they were asked for. */
export class Turnstile {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.last.then(work);
    // A failure is its caller's to handle; whoever comes next starts afresh.
    this.last = mine.catch(() => undefined);
    return mine;
  }
}
