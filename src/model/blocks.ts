import { attention, mergeHeads, rmsNorm, rotary, swiglu, type AttentionOperands } from '../graph/nn';
import type { Value } from '../graph/index';
import { add, reshape, split, transpose } from '../graph/ops';
import type { BlockConfig } from './config';
import type { WeightBook } from './weightBook';

/*
 * Llama's block (arXiv 2302.13971) over the rows of T tokens. Positions are the rows' own: cosines and sines come from outside,
 * and so does the mask, so one code serves the packed encoder, the banded planner and the LM with its cache.
 * Shapes: H query heads, N heads of keys and values, D head size, d hidden size.
 */

/** Cosines and sines of every row [T, D]. */
export interface Rotation {
  readonly cos: Value;
  readonly sin: Value;
}

/** Inputs `cos` and `sin`. */
export function rotationInputs({ builder }: WeightBook, headDim: number): Rotation {
  return {
    cos: builder.input('cos', 'float32', ['T', headDim]),
    sin: builder.input('sin', 'float32', ['T', headDim]),
  };
}

/** Queries [H, T, D], keys and values [N, T, D] of one layer, queries and keys rotated. */
export type Heads = Pick<AttentionOperands, 'query' | 'key' | 'value'>;

/** The attention's projections of normalised rows [T, d]: one product, and one pass of norm and rotation for queries and keys. */
function projectHeads(book: WeightBook, c: BlockConfig, layer: string, x: Value, { cos, sin }: Rotation): Heads {
  const { heads, kvHeads, headDim } = c;
  const rotated = heads + kvHeads;
  const all = rotated + kvHeads;
  const sources = ['q', 'k', 'v'].map((name) => `${layer}.self_attn.${name}_proj.weight`);
  const joined = book.linear(x, `${layer}.self_attn.qkv`, [all * headDim, c.hiddenSize], sources);
  const [raw, value] = split(transpose(reshape(joined, [0, all, headDim]), [1, 0, 2]), [rotated, kvHeads], 0);
  const normed = c.qkNorm ? rmsNorm(raw!, headNorms(book, c, layer), c.rmsNormEps) : raw!;
  const [query, key] = split(rotary(normed, cos, sin), [heads, kvHeads], 0);
  return { query: query!, key: key!, value: value! };
}

/** Weights of the norms of queries and keys, one row per head [H + N, 1, D]: both are normalised at once. */
function headNorms(book: WeightBook, { heads, kvHeads, headDim }: BlockConfig, layer: string): Value {
  const sources = [
    ...Array.from({ length: heads }, () => `${layer}.self_attn.q_norm.weight`),
    ...Array.from({ length: kvHeads }, () => `${layer}.self_attn.k_norm.weight`),
  ];
  return book.tensor(`${layer}.self_attn.qk_norm`, [heads + kvHeads, 1, headDim], sources);
}

export interface BlockOptions {
  /** Mask among the rows, and the cache where there is one. */
  readonly attention: Omit<AttentionOperands, keyof Heads>;
  /** Added to the normalised input of the MLP [T, d] (arXiv 2404.00614's variant for OLMo). */
  readonly plan?: Value | undefined;
}

/** One block over rows [T, d] → the rows, and the layer's own keys and values. */
export function llamaBlock(
  book: WeightBook,
  c: BlockConfig,
  layer: string,
  x: Value,
  rotation: Rotation,
  options: BlockOptions,
): { readonly x: Value; readonly heads: Heads } {
  const { hiddenSize: d, intermediateSize: inner } = c;
  const norm = (value: Value, name: string): Value =>
    rmsNorm(value, book.tensor(`${layer}.${name}.weight`, [d]), c.rmsNormEps);

  const heads = projectHeads(book, c, layer, norm(x, 'input_layernorm'), rotation);
  const attended = mergeHeads(attention({ ...heads, ...options.attention }));
  const middle = add(x, book.linear(attended, `${layer}.self_attn.o_proj.weight`, [d, c.heads * c.headDim]));

  const normed = norm(middle, 'post_attention_layernorm');
  const input = options.plan === undefined ? normed : add(normed, options.plan);
  const sources = [`${layer}.mlp.gate_proj.weight`, `${layer}.mlp.up_proj.weight`];
  const [gate, up] = split(book.linear(input, `${layer}.mlp.gate_up`, [2 * inner, d], sources), [inner, inner], 1);
  const out = book.linear(swiglu(gate!, up!), `${layer}.mlp.down_proj.weight`, [d, inner]);
  return { x: add(middle, out), heads };
}
