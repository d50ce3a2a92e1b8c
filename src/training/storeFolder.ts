import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Files of a store; beside them lie for a moment, or after an end in between, those that are to take their places. */
const FILE = /^(?:state\.json|report\.json|using|embeddings\.cache|training\.lock)(?:\.(?:\d+|part))*$/;
const FOLDERS: readonly string[] = ['models', 'composed', 'training'];
/** A name that is in nearly every store, and in hardly any other folder. */
const MARK = /^(?:embeddings\.cache|training\.lock|using)(?:\.|$)/;
/** Where the cache could not be written, these are. */
const OF_A_MODEL: readonly string[] = ['state.json', 'models'];
/** In the folder `training`, which is deleted after a run. */
const OF_A_RUN = /^(?:last|best-\d+|candidate)(?:\.|$)/;
/** What macOS and Windows put into folders that were looked at. */
const NOBODYS = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini']);

/**
 * Whether a folder is one that `WorkspaceStore` made: it holds what a store does and nothing else. Any other is not to be written into, for a store deletes and
 * replaces what has its names. @throws as the file system does where the folder cannot be listed
 */
export async function isStoreFolder(folder: string): Promise<boolean> {
  const entries = await namesIn(folder);
  if (!entries.every((name) => FILE.test(name) || FOLDERS.includes(name))) return false;
  const ofRun = entries.includes('training') ? await namesIn(join(folder, 'training')) : [];
  if (!ofRun.every((name) => OF_A_RUN.test(name))) return false;
  return (
    ofRun.length > 0 || entries.some((name) => MARK.test(name)) || OF_A_MODEL.every((name) => entries.includes(name))
  );
}

/** Whether there is nothing in a folder. @throws as {@link isStoreFolder} */
export async function isEmptyFolder(folder: string): Promise<boolean> {
  return (await namesIn(folder)).length === 0;
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !NOBODYS.has(name));
}
