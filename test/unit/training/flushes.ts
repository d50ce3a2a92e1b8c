import { open, type FileHandle } from 'node:fs/promises';
import { vi } from 'vitest';

/** Looks at what there is whenever a file would be flushed to the disk, until all mocks are restored: a computer may lose power between any two of these moments. */
export async function atEachFlush(look: () => void): Promise<void> {
  const handle = await open(import.meta.filename);
  await handle.close();
  vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, 'sync').mockImplementation(() => {
    look();
    return Promise.resolve();
  });
}
