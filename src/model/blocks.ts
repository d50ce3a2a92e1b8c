import { attention, mergeHeads, rmsNorm, rotary, swiglu, type AttentionOperands } from '../graph/nn';
import type { Value } from '../graph/index';
import { add, expand, reshape, split, transpose, unsqueeze } from '../graph/ops';
import type { BlockConfig } from './config';
import type { WeightSource } from './weightSource';

/*
 * Llama's block (arXiv 2302.13971) over the rows of T tokens. Positions are the rows' own: cosines and sines come from outside,
 * and so does the mask, so one code serves the packed encoder, the banded planner and the LM with its cache. In training the rows are
 * those of B sequences of T tokens, one after the other, and attention stays within each.
 * Shapes: H query heads, N heads of keys and values, D head size, d hidden size.
 */

/** Cosines and sines of every row [T, D]. */
export interface Rotation {
  readonly cos: Value;
  readonly sin: Value;
}

/** Inputs `cos` and `sin`. */
export function rotationInputs({ builder }: WeightSource, headDim: number): Rotation {
  return {
    cos: builder.input('cos', 'float32', ['T', headDim]),
    sin: builder.input('sin', 'float32', ['T', headDim]),
  };
}

/** Queries [H, T, D], keys and values [N, T, D] of one layer, queries and keys rotated. Of B sequences: all of them [B·H, T, D]. */
export type Heads = Pick<AttentionOperands, 'query' | 'key' | 'value'>;

/** The attention's projections of normalised rows [T, d]: one product, and one pass of norm and rotation for queries and keys. */
function projectHeads(
  book: WeightSource,
  c: BlockConfig,
  layer: string,
  x: Value,
  { cos, sin }: Rotation,
  batch: number | undefined,
): Heads {
  const { heads, kvHeads, headDim } = c;
  const rotated = heads + kvHeads;
  const all = rotated + kvHeads;
  const sources = ['q', 'k', 'v'].map((name) => `${layer}.self_attn.${name}_proj.weight`);
  const joined = book.linear(x, `${layer}.self_attn.qkv`, [all * headDim, c.hiddenSize], sources);
  const byHead =
    batch === undefined
      ? transpose(reshape(joined, [0, all, headDim]), [1, 0, 2])
      : transpose(reshape(joined, [batch, -1, all, headDim]), [2, 0, 1, 3]);
  const [raw, value] = split(byHead, [rotated, kvHeads], 0);
  const normShape = [rotated, ...(batch === undefined ? [1] : [1, 1]), headDim];
  const normed = c.qkNorm ? rmsNorm(raw!, headNorms(book, c, layer, normShape), c.rmsNormEps) : raw!;
  const [query, key] = split(rotary(normed, cos, sin), [heads, kvHeads], 0);
  if (batch === undefined) return { query: query!, key: key!, value: value! };
  return {
    query: ofSequences(query!, 1),
    key: ofSequences(key!, heads / kvHeads),
    value: ofSequences(value!, heads / kvHeads),
  };
}

/** Heads of a batch [h, B, T, D] as one list of heads [repeats·h·B, T, D], each repeated for the queries that share it. */
function ofSequences(x: Value, repeats: number): Value {
  const [heads, batch, tokens, headDim] = x.shape as readonly number[];
  const shared = repeats === 1 ? x : expand(unsqueeze(x, [1]), [heads!, repeats, batch!, tokens!, headDim!]);
  return reshape(shared, [-1, tokens!, headDim!]);
}

/** Weights of the norms of queries and keys, one row per head: both are normalised at once. */
function headNorms(
  book: WeightSource,
  { heads, kvHeads }: BlockConfig,
  layer: string,
  shape: readonly number[],
): Value {
  const sources = [
    ...Array.from({ length: heads }, () => `${layer}.self_attn.q_norm.weight`),
    ...Array.from({ length: kvHeads }, () => `${layer}.self_attn.k_norm.weight`),
  ];
  return book.tensor(`${layer}.self_attn.qk_norm`, shape, sources);
}

/** [H·B, T, D] → [B·T, H·D]. */
function mergeSequences(x: Value, batch: number): Value {
  const [all, tokens, headDim] = x.shape as readonly number[];
  const heads = all! / batch;
  const byToken = transpose(reshape(x, [heads, batch, tokens!, headDim!]), [1, 2, 0, 3]);
  return reshape(byToken, [batch * tokens!, heads * headDim!]);
}

export interface BlockOptions {
  /** Mask among the rows, and the cache where there is one. */
  readonly attention: Omit<AttentionOperands, keyof Heads>;
  /** Added to the normalised input of the MLP [T, d] (arXiv 2404.00614's variant for OLMo). */
  readonly plan?: Value | undefined;
  /** The rows are so many sequences of equal length; one if not given. */
  readonly batch?: number | undefined;
}

/** One block over rows [T, d] → the rows, and the layer's own keys and values. */
export function llamaBlock(
  book: WeightSource,
  c: BlockConfig,
  layer: string,
  x: Value,
  rotation: Rotation,
  options: BlockOptions,
): { readonly x: Value; readonly heads: Heads } {
  const { hiddenSize: d, intermediateSize: inner } = c;
  const norm = (value: Value, name: string): Value =>
    rmsNorm(value, book.tensor(`${layer}.${name}.weight`, [d]), c.rmsNormEps);

  const heads = projectHeads(book, c, layer, norm(x, 'input_layernorm'), rotation, options.batch);
  const mixed = attention({ ...heads, ...options.attention });
  const attended = options.batch === undefined ? mergeHeads(mixed) : mergeSequences(mixed, options.batch);
  const middle = add(x, book.linear(attended, `${layer}.self_attn.o_proj.weight`, [d, c.heads * c.headDim]));

  const normed = norm(middle, 'post_attention_layernorm');
  const input = options.plan === undefined ? normed : add(normed, options.plan);
  const sources = [`${layer}.mlp.gate_proj.weight`, `${layer}.mlp.up_proj.weight`];
  const [gate, up] = split(book.linear(input, `${layer}.mlp.gate_up`, [2 * inner, d], sources), [inner, inner], 1);
  const out = book.linear(swiglu(gate!, up!), `${layer}.mlp.down_proj.weight`, [d, inner]);
  return { x: add(middle, out), heads };
}
