import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { onDisk, TrainingError } from './errors';
import { writeWhole } from './wholeFile';

/** What a JSON file of a store holds; undefined where there is none. @throws {TrainingError} kinds 'stored' where it is damaged, 'disk' */
export async function readState(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw onDisk('The state of this workspace', error, 'read');
  });
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch (cause) {
    throw new TrainingError(
      'stored',
      'What this workspace remembers of its model is damaged. Forget the model of this workspace and fine-tune again.',
      { cause },
    );
  }
}

/** Writes a JSON file of a store, whole or not at all. @throws {TrainingError} kind 'disk' */
export async function writeState(path: string, value: unknown): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeWhole(path, `${JSON.stringify(value, undefined, 1)}\n`);
  } catch (error) {
    throw onDisk('The state of this workspace', error);
  }
}
