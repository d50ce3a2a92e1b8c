import { existsSync, readdirSync, readlinkSync } from 'node:fs';

const OPEN = '/proc/self/fd';

/** Whether a process can be asked for the files that it has open. */
export const tellsOpenFiles = existsSync(OPEN);

/** The files in a folder that this process has open: on Windows they could be neither replaced nor deleted. */
export function openFilesIn(folder: string): string[] {
  const paths = readdirSync(OPEN).flatMap((name) => {
    const path = `${OPEN}/${name}`;
    // One is the listing's own, and gone by now.
    return existsSync(path) ? [readlinkSync(path)] : [];
  });
  return paths.filter((path) => path.startsWith(folder));
}
