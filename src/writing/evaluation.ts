import { mixtureFor, type Conditioning } from '../model/conditioning';
import type { KVCache } from '../model/kvCache';
import type { PlannerLM } from '../model/plannerLm';
import { closedUnitCount, UnitDocument, type Unit } from '../text/units';
import { checkpoint } from './cancellation';
import {
  modelSuggester,
  replayKeystrokes,
  replayShares,
  type ModelSuggesterOptions,
  type Replay,
  type ReplayOptions,
} from './keystrokes';
import { ModelText } from './modelText';
import { PlanTable } from './planTable';
import { UnitCache } from './unitCache';

/** One line of the evaluation's table. */
export interface EvaluationRow {
  readonly row: Conditioning;
  /** exp of the mean negative log-likelihood per token, over all tokens of all documents together. */
  readonly perplexity: number;
  /** The same likelihood in bits per character; a character is a Unicode code point. */
  readonly bitsPerCharacter: number;
  readonly tokens: number;
  /** Share of units whose observed label the plan held most probable, or among the five most probable. Null where no unit was read. */
  readonly plannerTop1: number | null;
  readonly plannerTop5: number | null;
  /** Share of keys saved, and of shown suggestions that were accepted; null unless asked for, and where nothing was shown. */
  readonly keystrokeSavings: number | null;
  readonly precision: number | null;
}

export interface EvaluationOptions {
  readonly rows: readonly Conditioning[];
  /** Tokens predicted per row, from the first document on. */
  readonly maxTokens?: number;
  readonly keystrokes?: ReplayOptions & Pick<ModelSuggesterOptions, 'gate' | 'memory'>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (message: string, done: number, total: number) => void;
}

/** A document prepared once for all rows. */
interface Prepared {
  readonly text: string;
  readonly ids: readonly number[];
  /** Offset in the text where each token starts; one more for the end. */
  readonly offsets: readonly number[];
  readonly units: readonly Unit[];
  readonly table: PlanTable;
  readonly gold: Int32Array;
}

/** A window of a document: the LM reads end-of-text and tokens [at, end − 1), and of its predictions those of [done, end) count. */
export interface EvaluationWindow {
  readonly at: number;
  readonly done: number;
  readonly end: number;
}

/** Every token predicted once, with at least a quarter of a window before it unless the document has less: as the recipe does. */
export function evaluationWindows(tokens: number, length: number): EvaluationWindow[] {
  const windows: EvaluationWindow[] = [];
  for (let at = 0, done = 0; done < tokens; at = done - Math.floor(length / 4)) {
    const end = Math.min(at + length, tokens);
    windows.push({ at, done, end });
    done = end;
  }
  return windows;
}

/** Tokens read in one call; their logits are [64, V]. */
const CHUNK = 64;
const ROWS_AT_ONCE = 256;
const TOP = 5;

/** Measures how well a model predicts these texts under each conditioning. @throws {CancelledError} */
export async function evaluate(
  model: PlannerLM,
  texts: readonly string[],
  options: EvaluationOptions,
): Promise<EvaluationRow[]> {
  const cache = model.createCache();
  const units = new UnitCache(model);
  const totals = options.rows.map(() => ({ nats: 0, replay: [] as Replay[] }));
  const limit = options.maxTokens ?? Infinity;
  let tokens = 0;
  let characters = 0;
  const ranks: number[] = [];
  for (const [index, raw] of texts.entries()) {
    if (tokens >= limit) break;
    const text = ModelText.of(raw).text;
    if (text === '') continue;
    const document = await prepare(model, units, text, limit - tokens, options.signal);
    tokens += document.ids.length;
    characters += Array.from(text.slice(0, document.offsets.at(-1))).length;
    ranks.push(...(await labelRanks(document, options.signal)));
    for (const [r, conditioning] of options.rows.entries()) {
      options.onProgress?.(
        `perplexity, ${conditioning}`,
        index * options.rows.length + r,
        texts.length * options.rows.length,
      );
      totals[r]!.nats += await negativeLogLikelihood(model, cache, document, conditioning, options.signal);
    }
  }
  if (tokens === 0) throw new RangeError('There is no text to evaluate: the files are empty.');
  if (options.keystrokes) {
    for (const [r, conditioning] of options.rows.entries()) {
      // The true label of a sentence that is not yet written is not to be had.
      if (conditioning === 'oracle') continue;
      for (const [index, text] of texts.entries()) {
        options.onProgress?.(
          `keystrokes, ${conditioning}`,
          r * texts.length + index,
          texts.length * options.rows.length,
        );
        const suggest = modelSuggester(model, { ...options.keystrokes, conditioning, ...signalOf(options) });
        const replay = await replayKeystrokes(text, suggest, options.keystrokes);
        totals[r]!.replay.push(replay);
      }
    }
  }
  const share = (holds: (rank: number) => boolean): number | null =>
    ranks.length === 0 ? null : ranks.filter(holds).length / ranks.length;
  return options.rows.map((row, r) => {
    const { nats, replay } = totals[r]!;
    const { saved, taken } = replayShares(replay);
    return {
      row,
      perplexity: Math.exp(nats / tokens),
      bitsPerCharacter: nats / Math.LN2 / characters,
      tokens,
      plannerTop1: share((rank) => rank < 1),
      plannerTop5: share((rank) => rank < TOP),
      keystrokeSavings: saved,
      precision: taken,
    };
  });
}

/** Tokens, units and true labels of a text, cut after `limit` tokens. */
async function prepare(
  model: PlannerLM,
  cache: UnitCache,
  text: string,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<Prepared> {
  const document = new UnitDocument(text);
  const { ids, offsets } = model.tokenizer.encode(text);
  const kept = Math.min(ids.length, limit);
  const table = new PlanTable(model, cache, document);
  const last = unitAt(document.units, offsets[Math.max(0, kept - 1)]!);
  const embeddings = await table.embed(0, last + 1, signal);
  const packed = new Float32Array(embeddings.length * model.config.encoder.embeddingSize);
  for (const [i, embedding] of embeddings.entries()) packed.set(embedding, i * embedding.length);
  const gold = model.observe(packed);
  return { text, ids: ids.slice(0, kept), offsets: offsets.slice(0, kept + 1), units: document.units, table, gold };
}

/** The unit that is open at an offset: the one whose plan conditions what comes next. -1 where there is none. */
export function unitAt(units: readonly Unit[], offset: number): number {
  return Math.min(closedUnitCount(units, offset), units.length - 1);
}

/** For each unit, how many labels the plan held more probable than the observed one. */
async function labelRanks({ table, gold }: Prepared, signal: AbortSignal | undefined): Promise<number[]> {
  const ranks: number[] = [];
  for (let first = 0; first < gold.length; first += ROWS_AT_ONCE) {
    const rows = await table.ensure(first, Math.min(gold.length, first + ROWS_AT_ONCE) - 1, signal);
    for (const [i, row] of rows.entries()) ranks.push(rankOf(row.step(0), gold[first + i]!));
  }
  return ranks;
}

async function negativeLogLikelihood(
  model: PlannerLM,
  cache: KVCache,
  document: Prepared,
  conditioning: Conditioning,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { ids, offsets, units, gold } = document;
  const labels = model.labels.count;
  let nats = 0;
  for (const { at, done, end } of evaluationWindows(ids.length, cache.capacity)) {
    const first = unitAt(units, offsets[at]!);
    const last = unitAt(units, offsets[end - 1]!);
    const rows = await document.table.ensure(first, last, signal);
    const probabilities = new Float32Array(rows.length * labels);
    for (const [i, row] of rows.entries()) probabilities.set(row.step(0), i * labels);
    const vectors = await model.planVectors(
      mixtureFor(conditioning, {
        labels,
        units: rows.length,
        probabilities,
        gold: gold.subarray(first, last + 1),
        fixedLabel: model.config.adapter.fixedLabel,
      }),
    );
    const size = vectors.length / rows.length;
    cache.truncate(0);
    for (let from = at; from < end; from += CHUNK) {
      await checkpoint(signal);
      const to = Math.min(end, from + CHUNK);
      const input: number[] = [];
      const plan = new Float32Array((to - from) * size);
      // The position that predicts token p has read token p − 1 and carries the plan of the unit open after it.
      for (let p = from; p < to; p++) {
        input.push(p === at ? model.tokenizer.endOfText : ids[p - 1]!);
        const unit = unitAt(units, offsets[p]!) - first;
        plan.set(vectors.subarray(unit * size, (unit + 1) * size), (p - from) * size);
      }
      const logits = await model.extend(cache, input, plan, 'all');
      const vocabulary = logits.length / input.length;
      for (let p = Math.max(from, done); p < to; p++) {
        nats -= logProbability(logits.subarray((p - from) * vocabulary, (p - from + 1) * vocabulary), ids[p]!);
      }
    }
  }
  return nats;
}

/** ln softmax(logits)[token], in float64. */
function logProbability(logits: Float32Array, token: number): number {
  let most = -Infinity;
  for (const logit of logits) if (logit > most) most = logit;
  let mass = 0;
  for (const logit of logits) mass += Math.exp(logit - most);
  return logits[token]! - most - Math.log(mass);
}

/** How many labels are more probable. */
function rankOf(probabilities: Float32Array, label: number): number {
  const own = probabilities[label]!;
  let rank = 0;
  for (const probability of probabilities) if (probability > own) rank++;
  return rank;
}

function signalOf({ signal }: EvaluationOptions): { signal?: AbortSignal } {
  return signal ? { signal } : {};
}
