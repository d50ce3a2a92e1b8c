import { createHash } from 'node:crypto';
import type { PlannerLM } from '../model/plannerLm';
import type { Encoding } from '../text/tokenizer';
import { checkpoint } from './cancellation';
import { LeastRecentlyUsed } from './lru';

/** Units embedded in one call: enough to fill the encoder's batch, few enough to be cancelled between calls. */
const BATCH = 32;
/** The encoder reads the first 64 tokens of a unit; the recipe cuts the text here before it is tokenised, and so do we. */
const MOST_CHARACTERS = 768;

/** Embeddings and token ids of units, by content: an edit costs only the units whose text it changed. */
export class UnitCache {
  private readonly embeddings = new LeastRecentlyUsed<string, Float32Array>(8192);
  private readonly encodings = new LeastRecentlyUsed<string, Encoding>(8192);

  constructor(private readonly model: PlannerLM) {}

  /** Embeddings of unit texts, each [e], in order. Equal texts share one array. */
  async embed(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> {
    const found: (Float32Array | undefined)[] = [];
    const missing = new Map<string, { text: string; wanted: number[] }>();
    for (const [index, text] of texts.entries()) {
      const read = readByEncoder(text);
      const key = contentKey(read);
      found[index] = this.embeddings.get(key);
      if (found[index] !== undefined) continue;
      const entry = missing.get(key);
      if (entry) entry.wanted.push(index);
      else missing.set(key, { text: read, wanted: [index] });
    }
    const work = [...missing.entries()];
    for (let first = 0; first < work.length; first += BATCH) {
      await checkpoint(signal);
      const batch = work.slice(first, first + BATCH);
      const rows = await this.model.embed(batch.map(([, { text }]) => text));
      const size = rows.length / batch.length;
      for (const [i, [key, { wanted }]] of batch.entries()) {
        const embedding = rows.slice(i * size, (i + 1) * size);
        this.embeddings.set(key, embedding);
        for (const index of wanted) found[index] = embedding;
      }
    }
    return found.map((embedding) => embedding!);
  }

  /** Token ids of a unit's text, with offsets from its start. */
  encode(text: string): Encoding {
    const key = contentKey(text);
    const cached = this.encodings.get(key);
    if (cached) return cached;
    const encoding = this.model.tokenizer.encode(text);
    this.encodings.set(key, encoding);
    return encoding;
  }
}

/** What the encoder reads of a unit: its text, trimmed and cut. */
export function readByEncoder(text: string): string {
  const trimmed = text.trim();
  if (trimmed.length <= MOST_CHARACTERS) return trimmed;
  // Not between the two halves of a surrogate pair.
  const high = /[\uD800-\uDBFF]/.test(trimmed[MOST_CHARACTERS - 1]!);
  return trimmed.slice(0, MOST_CHARACTERS - (high ? 1 : 0));
}

/** A digest rather than the text: a slice used as key would keep the whole document it was cut from in memory. */
export function contentKey(text: string): string {
  return createHash('sha1').update(text, 'utf8').digest('base64');
}
