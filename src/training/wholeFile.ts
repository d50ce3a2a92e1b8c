import { randomInt } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, copyFile, open, rename, rm, stat } from 'node:fs/promises';

/**
 * Puts a file in its place whole or not at all: it is made beside it and renamed. Where that fails nothing is left beside it, and what was there before stays.
 * @param make writes the file and has it flushed to the disk
 * @throws as `make` and the file system do
 */
export async function putWhole(
  path: string,
  make: (part: string) => Promise<void>,
  part = `${path}.part`,
): Promise<void> {
  try {
    await make(part);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Writes a small file as {@link putWhole} does. Others may write the same one at the same time: the last one stays. @throws as the file system does */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const make = async (part: string): Promise<void> => {
    const file = await open(part, 'wx');
    try {
      // Not write(): on a disk that fills up it may take a part of the bytes only, without an error.
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
  };
  await putWhole(path, make, besides(path));
}

/** Copies a file as {@link putWhole} does. @param check may throw, once the copy is made: it is not put in place then */
export async function copyWhole(
  from: string,
  path: string,
  check: (copy: string) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await putWhole(path, async (part) => {
    await copyFile(from, part, constants.COPYFILE_FICLONE);
    // A copy of a file that may only be read is one too. (Some file systems know no modes.)
    const { mode } = await stat(part);
    if ((mode & 0o200) === 0) await chmod(part, mode | 0o600).catch(() => undefined);
    await check(part);
    const file = await open(part, 'r+');
    await file.sync().finally(() => file.close());
  });
}

/** A name beside a path that no other takes. */
export function besides(path: string): string {
  return `${path}.${randomInt(2 ** 47)}.part`;
}
