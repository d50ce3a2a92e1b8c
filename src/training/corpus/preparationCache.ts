import { createHash } from 'node:crypto';
import { readChecksums } from '../../model/folder';
import type { PlannerLM } from '../../model/plannerLm';
import { prune, readCacheFile, writeCacheFile, type Entries } from './cacheFile';

/** Beyond this size what was used least lately is forgotten: about 20 MB of text with the bundled model. */
const MOST_BYTES = 256 * 2 ** 20;

/** Embeddings of units and labels of documents, kept in a file between runs. The file holds no text, only hashes of it. */
export class PreparationCache {
  private changed = false;

  private constructor(
    private readonly file: string | undefined,
    private readonly owner: Buffer,
    private readonly entries: Entries,
  ) {}

  /** @param file where it is kept; undefined keeps it in memory only */
  static async open(file: string | undefined, model: PlannerLM): Promise<PreparationCache> {
    const owner = file === undefined ? Buffer.alloc(0) : await modelChecksum(model);
    const entries = file === undefined ? new Map<string, Uint8Array>() : await readCacheFile(file, owner);
    return new PreparationCache(file, owner, entries);
  }

  /** The name of a text that the encoder reads. */
  static nameOfUnit(text: string): string {
    return createHash('sha256').update(text).digest('base64');
  }

  /** The name of a document's labels, from the names of its units. */
  static nameOfLabels(units: readonly string[]): string {
    return createHash('sha256').update('labels\n').update(units.join('\n')).digest('base64');
  }

  embedding(name: string): Float32Array | undefined {
    const bytes = this.get(name);
    return bytes && new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  }

  labels(name: string): Int32Array | undefined {
    const bytes = this.get(name);
    return bytes && new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  }

  set(name: string, { buffer, byteOffset, byteLength }: Float32Array | Int32Array): void {
    this.entries.set(name, new Uint8Array(buffer, byteOffset, byteLength));
    this.changed = true;
  }

  /** Writes what is new. Where that fails the file stays as it was: a cache is no reason to give up the work that it was to save. */
  async save(): Promise<void> {
    if (this.file === undefined || !this.changed) return;
    prune(this.entries, MOST_BYTES);
    await writeCacheFile(this.file, this.owner, this.entries).then(
      () => (this.changed = false),
      () => undefined,
    );
  }

  private get(name: string): Uint8Array | undefined {
    const bytes = this.entries.get(name);
    if (bytes) {
      // Used last.
      this.entries.delete(name);
      this.entries.set(name, bytes);
    }
    return bytes;
  }
}

/** What embeddings and labels depend on: the encoder, the tokenizer, the codebook and how they are used. None of it is tuned. */
async function modelChecksum({ config, folder }: PlannerLM): Promise<Buffer> {
  const files = (await readChecksums(folder)).filter(({ name }) => /^(?:encoder|codebook|tokenizer)[-.]/.test(name));
  const sums = files.map(({ name, sha256 }) => `${name} ${sha256}\n`).sort();
  return createHash('sha256')
    .update(JSON.stringify([config.encoder, config.labels]))
    .update(sums.join(''))
    .digest();
}
