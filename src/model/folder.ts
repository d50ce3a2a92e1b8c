import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ModelError } from './errors';
import { Fields } from './fields';

/** What checksums.json says of one file. */
export interface FileRecord {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Reads and parses a JSON file of a model folder. @throws {ModelError} */
export async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? new ModelError('missing', path, 'there is no such file')
      : new ModelError('unreadable', path, `cannot be read (${(error as Error).message})`);
  });
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ModelError('format', path, `is not JSON (${(error as Error).message})`);
  }
}

/** The list of files in checksums.json. @throws {ModelError} */
export async function readChecksums(folder: string): Promise<FileRecord[]> {
  const path = join(folder, 'checksums.json');
  const files = Fields.of(await readJson(path), path).object('files');
  return Object.keys(files.values).map((name) => {
    if (name !== basename(name) || name === '..')
      throw new ModelError('config', path, 'is not a plain file name', name);
    const record = files.object(name);
    const sha256 = record.string('sha256');
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw record.error('sha256', 'is not a SHA-256 in lower-case hex');
    return { name, bytes: record.integer('bytes', 0, Number.MAX_SAFE_INTEGER), sha256 };
  });
}

/**
 * Checks that every file of checksums.json is there in its full size and, when `contents` is set, with its SHA-256.
 * @param onFile called before each file's contents are read, for progress
 * @throws {ModelError} naming the first file that is missing, cut short or changed
 */
export async function verifyFiles(
  folder: string,
  contents: boolean,
  onFile: (name: string) => void = () => undefined,
): Promise<FileRecord[]> {
  const records = await readChecksums(folder);
  for (const { name, bytes } of records) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => {
      throw new ModelError('missing', path, 'there is no such file');
    });
    if (!found.isFile()) throw new ModelError('unreadable', path, 'is not a file');
    const { size } = found;
    if (size < bytes) throw new ModelError('truncated', path, `${size} bytes long, should be ${bytes}`);
    if (size > bytes) throw new ModelError('checksum', path, `${size} bytes long, should be ${bytes}`);
  }
  if (!contents) return records;
  for (const { name, sha256 } of records) {
    onFile(name);
    const found = await sha256Of(join(folder, name));
    if (found !== sha256)
      throw new ModelError('checksum', join(folder, name), `its SHA-256 is ${found}, should be ${sha256}`);
  }
  return records;
}

/** SHA-256 of a file in hex, read piece by piece. @throws as the file system does */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
