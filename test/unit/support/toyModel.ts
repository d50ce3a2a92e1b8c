import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseModelConfig, type ModelConfig } from '../../../src/model/config';
import type { Branches, KVCache } from '../../../src/model/kvCache';
import { LabelSet } from '../../../src/model/labels';
import type { DeviceInfo, PlannerLM, WeightFormat } from '../../../src/model/plannerLm';
import { Tokenizer } from '../../../src/text/tokenizer';
import { TOY_TEXT } from './toyText';

export const TINY_FOLDER = join(import.meta.dirname, '../../fixtures/tiny-model');

const readJson = (name: string): unknown => JSON.parse(readFileSync(join(TINY_FOLDER, name), 'utf8')) as unknown;

/** Keys and values are the tokens and plans themselves. */
class ToyCache implements KVCache {
  readonly tokens: number[] = [];
  readonly plans: Float32Array[] = [];

  constructor(readonly capacity: number) {}

  get length(): number {
    return this.tokens.length;
  }

  truncate(length: number): void {
    if (length < 0 || length > this.tokens.length) throw new RangeError(`cannot cut ${this.length} to ${length}`);
    this.tokens.length = length;
    this.plans.length = length;
  }
}

/** The n-gram orders the toy knows, and what following one adds to a logit. */
const ORDERS = [
  [4, 9],
  [2, 4],
  [1, 2],
] as const;

/**
 * A planner-LM in the small: an n-gram model that knows one text by heart, so its completions can be foretold; every logit also depends a little on the
 * whole history and on the plan at its position, so that a wrong cache or a wrong alignment shows. Embeddings are hashes, the planner a fixed
 * map of the last units, banded as the real one is. It counts what is asked of it.
 */
export class ToyModel implements PlannerLM {
  readonly config: ModelConfig;
  readonly tokenizer = Tokenizer.open(readJson('tokenizer.json'));
  readonly labels: LabelSet;
  readonly device: DeviceInfo = { kind: 'cpu', name: 'toy' };
  readonly folder = TINY_FOLDER;
  readonly weights: WeightFormat = 'float32';
  /** Tokens given to each call of `extend`, and texts to each of `embed`. */
  readonly extended: number[] = [];
  readonly embedded: string[][] = [];
  /** Called before each call of `extend`. */
  onExtend: () => void = () => undefined;

  private readonly followers = new Map<string, Map<number, number>>();

  constructor(options: { maxPositions?: number; text?: string; planStrength?: number; sharpness?: number } = {}) {
    const config = parseModelConfig(readJson('config.json'), 'config.json');
    this.config = { ...config, lm: { ...config.lm, maxPositions: options.maxPositions ?? 400 } };
    this.labels = LabelSet.parse(readJson('labels.json'), 'labels.json', config.labels.count);
    this.planStrength = options.planStrength ?? 0.05;
    this.sharpness = options.sharpness ?? 1;
    const ids = [
      this.tokenizer.endOfText,
      ...this.tokenizer.encode(options.text ?? TOY_TEXT).ids,
      this.tokenizer.endOfText,
    ];
    for (const [order] of ORDERS) {
      for (let i = order; i < ids.length; i++) {
        const key = ids.slice(i - order, i).join();
        const counts = this.followers.get(key) ?? new Map<number, number>();
        counts.set(ids[i]!, (counts.get(ids[i]!) ?? 0) + 1);
        this.followers.set(key, counts);
      }
    }
  }

  private readonly planStrength: number;
  private readonly sharpness: number;

  embed(texts: readonly string[]): Promise<Float32Array> {
    this.embedded.push([...texts]);
    const size = this.config.encoder.embeddingSize;
    const out = new Float32Array(texts.length * size);
    for (const [i, text] of texts.entries()) {
      const row = out.subarray(i * size, (i + 1) * size);
      for (let at = 0; at < text.length; at++) row[hash(text.slice(at, at + 2)) % size]! += 1;
      row[0]! += 0.1;
      const norm = Math.hypot(...row);
      for (let j = 0; j < size; j++) row[j]! /= norm;
    }
    return Promise.resolve(out);
  }

  observe(embeddings: Float32Array, from = 0): Int32Array {
    const size = this.config.encoder.embeddingSize;
    const labels = Int32Array.from({ length: embeddings.length / size }, (_, i) => {
      let sum = 0;
      for (const value of embeddings.subarray(i * size, (i + 1) * size))
        sum = (sum * 31 + Math.round(value * 1e4)) >>> 0;
      return sum % this.labels.count;
    });
    return labels.subarray(from);
  }

  /** As far as the labels' numbers lie apart, round the circle. */
  distances(embeddings: Float32Array): Float32Array {
    const [label] = this.observe(embeddings, embeddings.length / this.config.encoder.embeddingSize - 1);
    const { count } = this.labels;
    return Float32Array.from({ length: count }, (_, k) => (k - label! + count) % count);
  }

  plan(embeddings: Float32Array, kinds: Int32Array, from = 0): Promise<Float32Array> {
    const size = this.config.encoder.embeddingSize;
    const { steps, window, layers } = this.config.planner;
    const { count } = this.labels;
    const out = new Float32Array((kinds.length + 1 - from) * steps * count);
    for (let row = from; row <= kinds.length; row++) {
      for (let step = 0; step < steps; step++) {
        const target = out.subarray(((row - from) * steps + step) * count, ((row - from) * steps + step + 1) * count);
        // Position 0 is the learned start, position j the unit j − 1; a position sees `layers` bands back.
        for (let position = Math.max(0, row - layers * (window - 1)); position <= row; position++) {
          const weight = 0.7 ** (row - position);
          for (let label = 0; label < count; label++) {
            if (position === 0) target[label]! += weight * Math.sin(label + step);
            else {
              for (let j = 0; j < size; j++) {
                const value = embeddings[(position - 1) * size + j]!;
                target[label]! += weight * value * Math.sin(1 + label * 7 + j * 3 + step + kinds[position - 1]!);
              }
            }
          }
        }
        softmax(target);
      }
    }
    return Promise.resolve(out);
  }

  /** The mixture itself. */
  planVectors(mixtures: Float32Array): Promise<Float32Array> {
    return Promise.resolve(mixtures.slice());
  }

  createCache(): KVCache {
    return new ToyCache(this.config.lm.maxPositions);
  }

  async extend(
    cache: KVCache,
    tokens: readonly number[],
    plan: Float32Array,
    which: 'last' | 'all',
  ): Promise<Float32Array> {
    if (!(cache instanceof ToyCache)) throw new TypeError('not a cache of this model');
    if (cache.length + tokens.length > cache.capacity) throw new RangeError('the cache is full');
    this.onExtend();
    this.extended.push(tokens.length);
    await Promise.resolve();
    const { count } = this.labels;
    const vocabulary = this.tokenizer.vocabSize;
    const out = new Float32Array((which === 'last' ? 1 : tokens.length) * vocabulary);
    for (const [i, token] of tokens.entries()) {
      cache.tokens.push(token);
      cache.plans.push(plan.slice(i * count, (i + 1) * count));
      if (which === 'last' && i < tokens.length - 1) continue;
      this.logits(
        cache,
        out.subarray(which === 'last' ? 0 : i * vocabulary, which === 'last' ? vocabulary : (i + 1) * vocabulary),
      );
    }
    return out;
  }

  /** Each branch has a cache of its own. */
  branch(cache: KVCache): Branches {
    if (!(cache instanceof ToyCache)) throw new TypeError('not a cache of this model');
    const copyOf = (from: ToyCache): ToyCache => {
      const copy = new ToyCache(from.capacity);
      copy.tokens.push(...from.tokens);
      copy.plans.push(...from.plans);
      return copy;
    };
    const trunk = copyOf(cache);
    return {
      fork: (from) => copyOf(from instanceof ToyCache ? from : trunk),
      extend: async (tokens) => {
        const rows: Float32Array[] = [];
        for (const { branch, id, plan } of tokens) {
          if (!(branch instanceof ToyCache)) throw new TypeError('not a branch of this model');
          rows.push(await this.extend(branch, [id], plan, 'last'));
        }
        return rows;
      },
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private logits({ tokens, plans }: ToyCache, out: Float32Array): void {
    let history = 7;
    for (const [i, token] of tokens.entries()) {
      let weight = 0;
      for (const [label, share] of plans[i]!.entries()) weight += share * (label + 1);
      history = (Math.imul(history, 31) + token + Math.round(weight * 1000)) >>> 0;
    }
    const plan = plans.at(-1)!;
    for (let token = 0; token < out.length; token++) {
      out[token] = 1e-3 * Math.sin(history + token);
      for (let label = 0; label < plan.length; label++) {
        out[token]! += this.planStrength * plan[label]! * ((hash(`${label}:${token}`) % 1000) / 100);
      }
    }
    for (const [order, bonus] of ORDERS) {
      const counts = this.followers.get(tokens.slice(-order).join());
      if (!counts || tokens.length < order) continue;
      for (const [token, count] of counts) out[token]! += this.sharpness * (bonus + Math.log(count));
    }
  }
}

function softmax(values: Float32Array): void {
  const most = Math.max(...values);
  let mass = 0;
  for (let i = 0; i < values.length; i++) mass += values[i] = Math.exp(4 * (values[i]! - most));
  for (let i = 0; i < values.length; i++) values[i]! /= mass;
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value ^= value >>> 15;
  return Math.imul(value, 0x2c1b3c6d) >>> 0;
}
