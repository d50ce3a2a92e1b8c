import { EngineCancelled } from './engine';

/** Waits for a promise, or no longer when the signal is aborted. @throws {EngineCancelled} for the signal */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  const over = new AbortController();
  try {
    return await new Promise<T>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new EngineCancelled()), { signal: over.signal });
      if (signal.aborted) reject(new EngineCancelled());
      // In any case: a failure that nobody waits for any more is of no interest, but is to be heard by someone.
      promise.then(resolve, reject);
    });
  } finally {
    over.abort();
  }
}
