import { EngineCancelled } from './engine';

/** Waits for a promise, or no longer when the signal is aborted. @throws {EngineCancelled} for the signal */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  if (signal.aborted) throw new EngineCancelled();
  const over = new AbortController();
  try {
    return await new Promise<T>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new EngineCancelled()), { signal: over.signal });
      promise.then(resolve, reject);
    });
  } finally {
    over.abort();
  }
}
