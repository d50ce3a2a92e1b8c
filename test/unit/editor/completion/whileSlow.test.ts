import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { whileSlow } from '../../../../src/editor/completion/whileSlow';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** What is seen of work, as it goes on. */
function seenOf(work: Promise<unknown>): readonly string[] {
  const seen: string[] = [];
  whileSlow(work, 400, () => {
    seen.push('shown');
    return { dispose: () => seen.push('hidden') };
  });
  return seen;
}

it.each(['done', 'failed'])('what takes long is shown until it is %s', async (end) => {
  const work = new Promise((resolve, reject) => setTimeout(end === 'done' ? resolve : reject, 1000));
  const seen = seenOf(work);
  await vi.advanceTimersByTimeAsync(399);
  expect(seen).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(seen).toEqual(['shown']);
  await vi.advanceTimersByTimeAsync(600);
  expect(seen).toEqual(['shown', 'hidden']);
});

it('what is there at once is not', async () => {
  const seen = seenOf(Promise.resolve());
  await vi.advanceTimersByTimeAsync(1000);
  expect(seen).toEqual([]);
});
