import type { Tokenizer } from '../text/tokenizer';
import type { ModelConfig } from './config';
import type { LabelSet } from './labels';
import type { Branches, KVCache } from './kvCache';

/** Where a model runs. */
export interface DeviceInfo {
  readonly kind: 'cpu' | 'webgpu';
  /** For people, such as "CPU, 2 threads". */
  readonly name: string;
}

/** How the LM's linear layers are held in memory. */
export type WeightFormat = 'float32' | 'int8' | 'int4';

/** How they are to be held; 'auto': int8 where the model's files have them in 8 bits, else float32. */
export type WeightChoice = 'auto' | WeightFormat;

/** An opened planner-LM. Sizes: n units, K labels, e embedding, A adapted layers of width d, V vocabulary. */
export interface PlannerLM {
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly labels: LabelSet;
  readonly device: DeviceInfo;
  readonly folder: string;
  /** What 'auto' came to, where that was asked for. */
  readonly weights: WeightFormat;

  /** Embeddings of units' texts [n, e], each of unit length and independent of the others. */
  embed(texts: readonly string[]): Promise<Float32Array>;

  /**
   * Labels of units from their embeddings [n, e] in document order.
   * @param from the first unit whose label is wanted; the result is [n − from]
   */
  observe(embeddings: Float32Array, from?: number): Int32Array;

  /** Distance of the last of these units [n, e], n at least 1, from every label [K]; the nearest is the label that `observe` gives it. */
  distances(embeddings: Float32Array): Float32Array;

  /**
   * Probabilities [n + 1 − from, steps, K] of the labels t+1 … t+steps after `from` … n units.
   * @param from the first position wanted; what lies too far before it to matter is not computed again
   */
  plan(embeddings: Float32Array, kinds: Int32Array, from?: number): Promise<Float32Array>;

  /** What the adapter adds to the LM's layers for mixtures of labels [m, K] → [m, A·d]. */
  planVectors(mixtures: Float32Array): Promise<Float32Array>;

  createCache(): KVCache;

  /**
   * Appends tokens at `cache.length`, each with its plan vector [T, A·d].
   * @returns next-token logits after the last token [V], or after each [T, V]
   * @throws {RangeError} when the cache cannot hold them; the cache is then unchanged
   * @throws {NoNumbersError} where a key or a value is not finite
   */
  extend(cache: KVCache, tokens: readonly number[], plan: Float32Array, logits: 'last' | 'all'): Promise<Float32Array>;

  /**
   * Branches that go on from what a cache holds; the cache stays as it is, and may change while they grow.
   * @param most tokens that all branches together may have
   */
  branch(cache: KVCache, most: number): Branches;

  /** Frees the model's memory. What was opened cannot be used afterwards. */
  close(): Promise<void>;
}
