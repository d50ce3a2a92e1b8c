import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onDisk, TrainingBusyError } from './errors';
import { besides } from './wholeFile';

/*
 * The lock is a folder that holds one file, of a name that no other has, which says who holds it. It is made beside its place and renamed: a folder with something in it
 * cannot be replaced, so of several one succeeds, and whoever sees a lock sees its holder too. What is removed is only ever a file by its name, and an empty
 * folder: so nobody, however late he comes, can remove the lock of one who took it meanwhile.
 */

export const LOCK = 'training.lock';

/** A lock whose owner has not touched it for so long belongs to a process that ended. A step of training blocks its thread for seconds at most. */
const STALE_MS = 60_000;
const UPDATE_MS = 5_000;
/** A rename may fail for a moment where something else looks at the folder, as virus scanners do. */
const ATTEMPTS = 5;
const WAIT_MS = 20;

/** Who holds the lock: so that one who was killed need not be waited for until the lock is stale. */
interface Owner {
  readonly host: string;
  readonly pid: number;
}

/**
 * Runs work as the only one, in any process, that trains or changes the models of a store. Long work is to call `assertHeld` before it writes: it throws once
 * another has taken the lock, because this process was suspended for long.
 * @throws {TrainingBusyError} where another holds the lock, or took it because this process was suspended for long; {@link TrainingError} kind 'disk'
 * where it cannot be written
 */
export async function withStoreLock<T>(folder: string, work: (assertHeld: () => void) => Promise<T>): Promise<T> {
  const lock = join(folder, LOCK);
  const mark = join(lock, await take(folder, lock));
  let beat: NodeJS.Timeout | undefined;
  let isLost = false;
  const assertHeld = (): void => {
    if (isLost) throw new TrainingBusyError();
  };
  const lost = new Promise<never>((_, reject) => {
    const update = async (): Promise<void> => {
      const now = new Date();
      await utimes(mark, now, now).catch((error: unknown) => {
        if (codeOf(error) !== 'ENOENT') return;
        isLost = true;
        reject(new TrainingBusyError());
      });
    };
    beat = setInterval(() => void update(), UPDATE_MS).unref();
  });
  try {
    return await Promise.race([work(assertHeld), lost]);
  } finally {
    clearInterval(beat);
    await rm(mark, { force: true }).catch(() => undefined);
    await rmdir(lock).catch(() => undefined);
  }
}

/** @returns the name of the file that says who holds the lock */
async function take(folder: string, lock: string): Promise<string> {
  const own = besides(lock);
  const name = randomUUID();
  const owner: Owner = { host: hostname(), pid: process.pid };
  try {
    await mkdir(folder, { recursive: true });
    await mkdir(own);
    await writeFile(join(own, name), JSON.stringify(owner));
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (await isMoved(own, lock)) return name;
      if (!(await isFreed(lock))) break;
      await sleep(attempt * WAIT_MS);
    }
    throw new TrainingBusyError();
  } catch (error) {
    await rm(own, { recursive: true, force: true }).catch(() => undefined);
    throw onDisk('The folder of the model', error);
  }
}

/** Whether the lock was free, and is taken now. */
async function isMoved(own: string, lock: string): Promise<boolean> {
  return rename(own, lock).then(
    () => true,
    (error: unknown) => {
      // The last two are what Windows says of a folder that is there.
      if (['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES'].includes(codeOf(error) ?? '')) return false;
      throw error;
    },
  );
}

/** Removes what a holder left who ended. @returns whether the lock can be taken now, by the first who tries */
async function isFreed(lock: string): Promise<boolean> {
  const names = await readdir(lock).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  for (const name of names) {
    const mark = join(lock, name);
    if (!(await hasEnded(mark))) return false;
    await rm(mark, { force: true });
  }
  await rmdir(lock).catch(() => undefined);
  return true;
}

/** Whether the owner released the lock or is known to have ended. On another computer only its silence tells. */
async function hasEnded(mark: string): Promise<boolean> {
  try {
    if ((await stat(mark)).mtimeMs < Date.now() - STALE_MS) return true;
    const { host, pid } = JSON.parse(await readFile(mark, 'utf8')) as Owner;
    if (host !== hostname()) return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === 'ESRCH' || codeOf(error) === 'ENOENT';
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
