import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { TrainingBusyError } from '../../../src/training/errors';
import { withStoreLock } from '../../../src/training/storeLock';
import { temporaryFolders } from './corpus/folders';
import { useProgramOf } from './programs';

const folder = temporaryFolders();

/** Holds the lock for so long, and says when it has it or why not. */
const holder = useProgramOf(`
  import { withStoreLock } from './training/storeLock';
  const [folder, milliseconds] = process.argv.slice(2);
  const work = async () => {
    console.log('has it');
    await new Promise((resolve) => setTimeout(resolve, Number(milliseconds)));
  };
  await withStoreLock(folder, work).catch((error) => console.log(error.kind ?? error.code));`);

/** How many of several who try at once come in, and how many of these are inside together. */
async function rush(store: string): Promise<{ entered: number; together: number }> {
  let inside = 0;
  let [entered, together] = [0, 0];
  const one = (): Promise<void> =>
    withStoreLock(store, async () => {
      entered++;
      together = Math.max(together, ++inside);
      await sleep(20);
      inside--;
    }).catch((error: unknown) => expect(error).toBeInstanceOf(TrainingBusyError));
  await Promise.all(Array.from({ length: 6 }, one));
  return { entered, together };
}

describe('the lock of a store', () => {
  it('is held by one at a time, and leaves nothing', async () => {
    const store = join(folder(), 'store');
    expect(await withStoreLock(store, () => rush(store))).toEqual({ entered: 0, together: 0 });
    expect((await rush(store)).together).toBe(1);
    await expect(withStoreLock(store, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(readdirSync(store)).toEqual([]);
  });

  it('lets in one alone after a process that released it and ended', async () => {
    for (let round = 0; round < 5; round++) {
      const store = folder();
      expect(spawnSync(process.execPath, [holder.path, store, '0'], { encoding: 'utf8' }).stdout).toBe('has it\n');
      // Whoever comes next must not take a new holder for the one who ended.
      expect(readdirSync(store)).toEqual([]);
      expect((await rush(store)).together).toBe(1);
    }
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)('lets in one alone after a process that %s ended', async (signal) => {
    for (let round = 0; round < 5; round++) {
      const store = folder();
      const child = spawn(process.execPath, [holder.path, store, '60000'], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      expect(await rush(store)).toEqual({ entered: 0, together: 0 });
      child.kill(signal);
      await once(child, 'close');
      expect((await rush(store)).together).toBe(1);
      expect(readdirSync(store)).toEqual([]);
    }
  });

  it('is taken from one who is silent for long, who then does not take it from another', async () => {
    const store = folder();
    const lock = join(store, 'training.lock');
    let second: Promise<void> | undefined;
    let end: () => void = () => undefined;
    await withStoreLock(store, async () => {
      const silentFor = (milliseconds: number): void => {
        const then = new Date(Date.now() - milliseconds);
        for (const name of readdirSync(lock)) utimesSync(join(lock, name), then, then);
      };
      // A step of training, or a computer that is busy with something else, holds up the next sign of life.
      silentFor(50_000);
      expect(await rush(store)).toEqual({ entered: 0, together: 0 });
      silentFor(100_000);
      await new Promise<void>((entered) => {
        second = withStoreLock(store, () => {
          entered();
          return new Promise((resolve) => (end = resolve));
        });
      });
    });
    expect(await rush(store)).toEqual({ entered: 0, together: 0 });
    end();
    await second;
    expect((await rush(store)).together).toBe(1);
  });

  it('is kept fresh, and is missed when it is gone', async () => {
    const store = folder();
    const lock = join(store, 'training.lock');
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      let stillHeld: () => void = () => undefined;
      const held = withStoreLock(store, async (assertHeld) => {
        stillHeld = assertHeld;
        const mark = join(lock, readdirSync(lock)[0]!);
        const earlier = new Date(Date.now() - 50_000);
        utimesSync(mark, earlier, earlier);
        vi.advanceTimersByTime(6000);
        await expect.poll(() => statSync(mark).mtimeMs, { timeout: 10_000 }).toBeGreaterThan(Date.now() - 40_000);
        assertHeld();
        rmSync(lock, { recursive: true });
        vi.advanceTimersByTime(6000);
        return new Promise<never>(() => undefined);
      });
      await expect(held).rejects.toThrow(TrainingBusyError);
      // What was under way goes on by itself, and must not write any more.
      expect(stillHeld).toThrow(TrainingBusyError);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it.skipIf(process.platform === 'win32')('says so where there is no room for it, and leaves nothing', () => {
    const store = folder();
    const command = 'ulimit -f 0 && exec "$0" "$@"';
    const child = spawnSync('sh', ['-c', command, process.execPath, holder.path, store, '0'], { encoding: 'utf8' });
    expect(child.stdout).toBe('disk\n');
    expect(readdirSync(store)).toEqual([]);
  });

  it.runIf(existsSync('/proc/self'))('says so where the folder may not be written', async () => {
    await expect(withStoreLock('/proc/self', () => Promise.resolve())).rejects.toMatchObject({ kind: 'disk' });
  });

  it('is left to whoever is not known to have ended: on another computer, or where nothing can be read', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const heldBy = (owner: string): string => folder({ 'training.lock/mark': owner });
    for (const owner of [JSON.stringify({ host: 'another', pid }), '']) {
      expect(await rush(heldBy(owner)), owner).toEqual({ entered: 0, together: 0 });
    }
    expect((await rush(heldBy(JSON.stringify({ host: hostname(), pid })))).together).toBe(1);
  });

  it('takes an empty folder for a free lock', async () => {
    const store = folder();
    mkdirSync(join(store, 'training.lock'));
    expect((await rush(store)).together).toBe(1);
  });
});
