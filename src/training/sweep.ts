import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isPart } from './storeFolder';

/** What is made without the lock of the store may be under way, unless it is that old. */
const OLD_MS = 3_600_000;

const MODEL = /^[\dTZ-]+-[0-9a-f]{6}\.safetensors(?:\.part)?$/;
const COMPOSED = /^[\dTZ-]+-[0-9a-f]{6}$/;
/** The trial of an import is made under the lock; the folder of a model by whoever wants to open it. */
const TRIAL = /^import(?:\.part-\w{6})?$/;
const HALF = /^[\dTZ-]+-[0-9a-f]{6}\.part-\w{6}$/;

/**
 * Deletes what work that was cancelled or killed left in a store, and models that are no longer used. What cannot be deleted, as on Windows a file that an engine has
 * open, is left for another time. Called under the store's lock.
 * @param id of the model that counts
 */
export async function sweep(folder: string, id: string | undefined): Promise<void> {
  const isOld = async (path: string): Promise<boolean> => (await stat(path)).mtimeMs < Date.now() - OLD_MS;
  await removeFrom(join(folder, 'models'), (name) => MODEL.test(name) && name !== `${id ?? ''}.safetensors`);
  await removeFrom(
    join(folder, 'composed'),
    (name, path) => TRIAL.test(name) || (COMPOSED.test(name) && name !== id) || (HALF.test(name) && isOld(path)),
  );
  await removeFrom(folder, (name, path) => isPart(name) && isOld(path));
}

async function removeFrom(
  folder: string,
  isLeft: (name: string, path: string) => boolean | Promise<boolean>,
): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    try {
      if (await isLeft(name, path)) await rm(path, { recursive: true, force: true });
    } catch {
      // Another time.
    }
  }
}
