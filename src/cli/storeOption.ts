import { resolve } from 'node:path';
import { isEmptyFolder, isStoreFolder } from '../training/storeFolder';
import { couldNot } from './failure';

/**
 * The folder that `train --out` names, which is made where it is not there. It may be one that an earlier call made, and no other that holds anything: what
 * has a store's names would be replaced or deleted.
 * @throws {CliFailure}
 */
export async function storeToWrite(named: string): Promise<string> {
  const folder = resolve(named);
  try {
    if ((await isEmptyFolder(folder)) || (await isStoreFolder(folder))) return folder;
  } catch (error) {
    switch ((error as NodeJS.ErrnoException).code) {
      case 'ENOENT':
        return folder;
      case 'ENOTDIR':
        throw couldNot(`${named} is not a folder. Name a new or an empty one with --out.`);
      case undefined:
        throw error;
      default:
        throw couldNot(`${named} cannot be read: ${(error as Error).message}. Name another folder with --out.`);
    }
  }
  throw couldNot(
    `${named} is not empty, and holds something other than what training keeps. Name a new or an empty folder with --out.`,
  );
}
