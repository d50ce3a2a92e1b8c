import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeWhole } from '../wholeFile';

/** Entries of a cache by name (SHA-256, base64), least lately used first. */
export type Entries = Map<string, Uint8Array>;

const MAGIC = Buffer.from('PWCACHE1');
const DIGEST = 32;
const HEADER = MAGIC.length + DIGEST;

/**
 * Reads a cache that {@link writeCacheFile} wrote. A file that is missing, damaged, cut short or made for another `owner` is no cache: it gives no
 * entries.
 * @param owner SHA-256 of what the entries depend on
 */
export async function readCacheFile(file: string, owner: Buffer): Promise<Entries> {
  const entries: Entries = new Map<string, Uint8Array>();
  const bytes = await readFile(file).catch(() => undefined);
  if (bytes === undefined) return entries;
  const end = bytes.length - DIGEST;
  const isWhole =
    end >= HEADER &&
    bytes.subarray(0, MAGIC.length).equals(MAGIC) &&
    bytes.subarray(MAGIC.length, HEADER).equals(owner) &&
    bytes.subarray(end).equals(digestOf(bytes.subarray(0, end)));
  if (!isWhole) return entries;
  for (let at = HEADER; at < end;) {
    const name = bytes.toString('base64', at, at + DIGEST);
    const start = at + DIGEST + 4;
    at = start + bytes.readUInt32LE(start - 4);
    // A copy, so that numbers in it are aligned.
    entries.set(name, Uint8Array.from(bytes.subarray(start, at)));
  }
  return entries;
}

/**
 * Writes a cache file, whole or not at all. Format: magic (8 bytes), owner (32), entries of a name (32), a length (uint32, little
 * endian) and so many bytes; SHA-256 of all that (32).
 * @throws as the file system does; the file is then as before
 */
export async function writeCacheFile(file: string, owner: Buffer, entries: Entries): Promise<void> {
  const bytes = Buffer.alloc(HEADER + sizeOf(entries) + DIGEST);
  MAGIC.copy(bytes);
  owner.copy(bytes, MAGIC.length);
  let at = HEADER;
  for (const [name, value] of entries) {
    bytes.write(name, at, 'base64');
    bytes.writeUInt32LE(value.length, at + DIGEST);
    bytes.set(value, at + DIGEST + 4);
    at += DIGEST + 4 + value.length;
  }
  digestOf(bytes.subarray(0, at)).copy(bytes, at);
  await mkdir(dirname(file), { recursive: true });
  await writeWhole(file, bytes);
}

/** Removes what was used least lately, until the rest takes at most so many bytes. */
export function prune(entries: Entries, most: number): void {
  let size = sizeOf(entries);
  for (const [name, value] of entries) {
    if (size <= most) return;
    entries.delete(name);
    size -= DIGEST + 4 + value.length;
  }
}

function sizeOf(entries: Entries): number {
  let size = 0;
  for (const value of entries.values()) size += DIGEST + 4 + value.length;
  return size;
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
