import type { PlannerLM } from '../../model/plannerLm';
import { UNIT_KINDS, UnitDocument, type Unit } from '../../text/units';
import { checkpoint } from '../../writing/cancellation';
import { unitAt } from '../../writing/evaluation';
import { ModelText } from '../../writing/modelText';
import { readByEncoder } from '../../writing/unitCache';
import { withoutFrontMatter } from './frontMatter';
import { PreparationCache } from './preparationCache';
import { isScored } from './scoring';

/** A document as the model sees it, T tokens and n units. Its front matter is gone. */
export interface PreparedDocument {
  /** [T], without end-of-text. */
  readonly tokens: Int32Array;
  /** [T + 1]: the unit whose plan conditions the prediction of token t; of the last, of what would follow. 0 where there is no unit. */
  readonly unitOf: Int32Array;
  /** [n] */
  readonly kinds: Int32Array;
  /** [n, e] */
  readonly embeddings: Float32Array;
  /** [n] */
  readonly labels: Int32Array;
  /** [T] 1 where the token counts in the loss. */
  readonly scored: Uint8Array;
  /** Tokens that start a line, ascending. */
  readonly lineStarts: Int32Array;
  /** Unicode code points of the scored tokens. */
  readonly characters: number;
}

export interface PrepareOptions {
  /** Where embeddings and labels are kept between runs. */
  readonly cacheFile?: string;
  readonly signal?: AbortSignal;
  /** Pieces of work, out of how many. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Units embedded in one call: enough that units of like length share a run, few enough to be cancelled between calls. */
const BATCH = 128;
/** Embeddings computed before they are saved for the first time and again: seconds of work, which an end in between would lose. */
const SAVE_EVERY = 8192;
/** Work to find a unit's label, where embedding one is 1. */
const LABEL_WORK = 0.25;

/** A document before its units are embedded. */
interface Outline extends Omit<PreparedDocument, 'embeddings' | 'labels'> {
  /** Names of its units' texts in the cache. */
  readonly names: readonly string[];
}

/**
 * Documents as the model sees them, by the same units, tokens and labels as while writing.
 * @throws {CancelledError}; what was embedded by then is in the cache
 */
export async function prepare(
  model: PlannerLM,
  documents: readonly { readonly text: string }[],
  { cacheFile, signal, onProgress }: PrepareOptions = {},
): Promise<PreparedDocument[]> {
  const cache = await PreparationCache.open(cacheFile, model);
  const found = new Map<string, Float32Array>();
  const missing = new Map<string, string>();
  const outlines: Outline[] = [];
  for (const { text } of documents) {
    await checkpoint(signal);
    outlines.push(
      outline(model, withoutFrontMatter(ModelText.of(text).text), (name, read) => {
        if (found.has(name)) return;
        const embedding = cache.embedding(name);
        if (embedding) found.set(name, embedding);
        else missing.set(name, read);
      }),
    );
  }
  const work = [...missing];
  const total = work.length + LABEL_WORK * outlines.reduce((sum, { names }) => sum + names.length, 0);
  const size = model.config.encoder.embeddingSize;
  const prepared: PreparedDocument[] = [];
  try {
    for (let first = 0; first < work.length; first += BATCH) {
      await checkpoint(signal);
      onProgress?.(first, total);
      const batch = work.slice(first, first + BATCH);
      const rows = await model.embed(batch.map(([, read]) => read));
      for (const [i, [name]] of batch.entries()) {
        const embedding = rows.slice(i * size, (i + 1) * size);
        cache.set(name, embedding);
        found.set(name, embedding);
      }
      if ((first + BATCH) % SAVE_EVERY === 0) await cache.save();
    }
    let done = work.length;
    for (const { names, ...rest } of outlines) {
      await checkpoint(signal);
      onProgress?.(done, total);
      const embeddings = new Float32Array(names.length * size);
      for (const [i, name] of names.entries()) embeddings.set(found.get(name)!, i * size);
      const key = PreparationCache.nameOfLabels(names);
      let labels = cache.labels(key);
      if (labels === undefined) cache.set(key, (labels = model.observe(embeddings)));
      prepared.push({ ...rest, embeddings, labels });
      done += LABEL_WORK * names.length;
    }
  } finally {
    await cache.save();
  }
  onProgress?.(total, total);
  return prepared;
}

/** Splits and tokenises a text, and names what the encoder reads of each unit. */
function outline(model: PlannerLM, text: string, onUnit: (name: string, read: string) => void): Outline {
  const { units } = new UnitDocument(text);
  const { ids, offsets } = model.tokenizer.encode(text);
  const names = units.map(({ start, end }) => {
    const read = readByEncoder(text.slice(start, end));
    const name = PreparationCache.nameOfUnit(read);
    onUnit(name, read);
    return name;
  });
  const scored = scoredTokens(text, units, offsets);
  return {
    tokens: Int32Array.from(ids),
    unitOf: Int32Array.from(offsets, (offset) => Math.max(0, unitAt(units, offset))),
    kinds: Int32Array.from(units, ({ kind }) => UNIT_KINDS.indexOf(kind)),
    scored,
    lineStarts: lineStarts(text, offsets),
    characters: countCharacters(text, offsets, scored),
    names,
  };
}

/** [T] 1 but where a token starts in a unit that is not scored; the blank lines before such a unit still are. */
function scoredTokens(text: string, units: readonly Unit[], offsets: readonly number[]): Uint8Array {
  const scored = new Uint8Array(offsets.length - 1).fill(1);
  let t = 0;
  for (const unit of units) {
    if (isScored(text, unit)) continue;
    const start = unit.start + text.slice(unit.start, unit.end).search(/\S|$/);
    while (t < scored.length && offsets[t]! < start) t++;
    for (; t < scored.length && offsets[t]! < unit.end; t++) scored[t] = 0;
  }
  return scored;
}

/** Tokens at whose offset a line starts; not those that start inside its first character. */
function lineStarts(text: string, offsets: readonly number[]): Int32Array {
  const starts: number[] = [];
  for (let t = 0; t < offsets.length - 1; t++) {
    const offset = offsets[t]!;
    if (t === 0 || (text[offset - 1] === '\n' && offsets[t - 1] !== offset)) starts.push(t);
  }
  return Int32Array.from(starts);
}

/** Code points that scored tokens stand for; a code point belongs to the last token that spells it. */
function countCharacters(text: string, offsets: readonly number[], scored: Uint8Array): number {
  let count = 0;
  for (const [t, flag] of scored.entries()) {
    if (flag === 0) continue;
    for (let at = offsets[t]!; at < offsets[t + 1]!; at++) if ((text.charCodeAt(at) & 0xfc00) !== 0xdc00) count++;
  }
  return count;
}
