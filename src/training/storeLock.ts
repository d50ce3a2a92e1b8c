import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { onDisk, TrainingBusyError } from './errors';

/** A lock whose owner has not touched it for so long belongs to a process that ended. A step of training blocks its thread for seconds at most. */
const STALE_MS = 60_000;
const UPDATE_MS = 5_000;

/** Who holds the lock: so that one who was killed need not be waited for until the lock is stale. */
interface Owner {
  readonly host: string;
  readonly pid: number;
}

/**
 * Runs work as the only one, in any process, that trains or changes the models of a store.
 * @throws {TrainingBusyError} where another holds the lock
 */
export async function withStoreLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw onDisk('The folder of the model', error);
  });
  const options = { lockfilePath: join(folder, 'training.lock'), stale: STALE_MS, update: UPDATE_MS };
  const ownerFile = join(folder, 'training.owner');
  const take = (): Promise<() => Promise<void>> => lock(folder, options);
  const release = await take().catch(async (error: unknown) => {
    if (!isHeld(error)) throw error;
    if (!(await hasEnded(ownerFile))) throw new TrainingBusyError();
    // Of two who see this, one can rename it.
    const left = `${options.lockfilePath}.${process.pid}`;
    await rename(options.lockfilePath, left).catch(() => undefined);
    await rm(left, { recursive: true, force: true });
    return take().catch((again: unknown) => {
      throw isHeld(again) ? new TrainingBusyError() : again;
    });
  });
  try {
    const owner: Owner = { host: hostname(), pid: process.pid };
    await writeFile(ownerFile, JSON.stringify(owner));
    return await work();
  } finally {
    // The folder may be gone: the model was forgotten.
    await release().catch(() => undefined);
  }
}

function isHeld(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ELOCKED';
}

/** Whether the owner is known to have ended. On another computer that cannot be known. */
async function hasEnded(ownerFile: string): Promise<boolean> {
  try {
    const { host, pid } = JSON.parse(await readFile(ownerFile, 'utf8')) as Owner;
    if (host !== hostname() || pid === process.pid) return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
