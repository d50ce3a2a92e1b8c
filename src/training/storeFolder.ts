import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isOfRun } from './checkpoint';

/** What is in nearly every store, and in hardly any other folder. */
const MARKS = ['embeddings.cache', 'training.lock', 'using'];
/** Where the cache could not be written, these are. */
const OF_A_MODEL: readonly string[] = ['state.json', 'models'];
const FILES: readonly string[] = [...MARKS, 'state.json', 'report.json'];
const FOLDERS: readonly string[] = ['models', 'composed', 'training'];
/** What macOS and Windows put into folders that were looked at. */
const NOBODYS = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini']);

/**
 * Whether a folder is one that `WorkspaceStore` made: it holds what a store does and nothing else. Any other is not to be written into, for a store deletes and
 * replaces what has its names. @throws as the file system does where the folder cannot be listed
 */
export async function isStoreFolder(folder: string): Promise<boolean> {
  const names = (await entriesOf(folder)).map(({ name }) => name);
  if (!names.every((name) => isOneOf(FILES, name) || FOLDERS.includes(name))) return false;
  const ofRun = names.includes('training') ? await entriesOf(join(folder, 'training')) : [];
  if (!ofRun.every(isOfRun)) return false;
  return (
    ofRun.length > 0 || names.some((name) => isOneOf(MARKS, name)) || OF_A_MODEL.every((name) => names.includes(name))
  );
}

/** Whether there is nothing in a folder. @throws as {@link isStoreFolder} */
export async function isEmptyFolder(folder: string): Promise<boolean> {
  return (await entriesOf(folder)).length === 0;
}

/** Whether a name is that of something which is to take the place of a store's file, or of its lock: it lies beside it for a moment, or after an end in between. */
export function isPart(name: string): boolean {
  return /\.\d+\.part$/.test(name) && isOneOf(FILES, name);
}

/** Whether a name is one of these, or that of a part of one. */
function isOneOf(files: readonly string[], name: string): boolean {
  return files.includes(name.replace(/(?:\.(?:\d+|part))+$/, ''));
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  return (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !NOBODYS.has(name));
}
