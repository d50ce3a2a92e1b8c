import { attend, attendCausally } from './attend';
import { customGradient } from './gradients/custom';
import { normGradients } from './gradients/norm';
import type { Value } from './graph';
import * as ops from './ops';
import { describe, GraphError } from './types';

export { crossEntropy, negativeLogLikelihood } from './crossEntropy';

/* Layers of transformers, composed of ops. Shapes in comments: T tokens, S cached tokens, H heads, KV ≤ H heads of keys and values. */

/** Added to a score that must not count. Finite, so that a row without any visible key stays free of NaN. */
export const HIDDEN = -1e9;

/**
 * x / √(mean(x²) + epsilon) · weight over the last axis, of which weight has the size (Zhang & Sennrich 2019); a weight of several rows
 * broadcasts.
 */
export function rmsNorm(x: Value, weight: Value, epsilon: number): Value {
  if (weight.shape.length === 1) return ops.simplifiedLayerNormalization(x, weight, epsilon);
  const unit = ops.simplifiedLayerNormalization(x, x.builder.ones(weight.shape.at(-1)!), epsilon);
  // By Mul's own rule the unit rows would be kept.
  return customGradient(ops.mul(unit, weight), [x, weight], (gradient, [rows, factors]) =>
    normGradients(gradient, rows!, factors!, epsilon),
  );
}

/** x [T, in] × weightᵀ (+ bias) → [T, out]; weight [out, in] as PyTorch keeps it, bias [out]. */
export function linear(x: Value, weight: Value, bias?: Value): Value {
  return ops.gemm(x, weight, bias, { transB: true });
}

/** x · sigmoid(x). */
export function silu(x: Value): Value {
  const gate = ops.sigmoid(x);
  const result = ops.mul(x, gate);
  // (x·s)' = s + x·s·(1 − s): x itself is not kept.
  return customGradient(result, [x, gate, result], (gradient, [, s, y]) => [
    ops.mul(gradient, ops.add(s!, ops.mul(y!, ops.sub(1, s!)))),
  ]);
}

/** silu(gate) · up (Shazeer 2020). */
export function swiglu(gate: Value, up: Value): Value {
  return ops.mul(silu(gate), up);
}

/**
 * Rotary embedding in Llama's layout of Hugging Face (rotate_half): x·cos + [−x₂, x₁]·sin with x = [x₁, x₂].
 * @param x [..., T, d]
 * @param cos, sin [T, d]; element i and i + d/2 belong to the same frequency
 */
export function rotary(x: Value, cos: Value, sin: Value): Value {
  const d = x.shape.at(-1);
  if (typeof d !== 'number' || d % 2 !== 0) throw new GraphError(`Rotary(${describe(x)}): the last size must be even.`);
  const [first, second] = ops.split(x, [d / 2, d / 2], -1);
  return ops.add(ops.mul(x, cos), ops.mul(ops.concat([ops.neg(second!), first!], -1), sin));
}

/** [T, heads·d] → [heads, T, d]. */
export function splitHeads(x: Value, heads: number): Value {
  const [tokens, width] = x.shape;
  if (x.shape.length !== 2 || typeof width !== 'number' || width % heads !== 0) {
    throw new GraphError(`SplitHeads(${describe(x)}): cannot be cut into ${heads} heads.`);
  }
  return ops.transpose(ops.reshape(x, [tokens!, heads, width / heads]), [1, 0, 2]);
}

/** [heads, T, d] → [T, heads·d]. */
export function mergeHeads(x: Value): Value {
  return ops.reshape(ops.transpose(x, [1, 0, 2]), [x.shape[1]!, -1]);
}

export interface AttentionOperands {
  /** [H, T, d] */
  readonly query: Value;
  /** Keys and values of the new tokens [KV, T, d]; head h of the query reads head ⌊h·KV/H⌋. */
  readonly key: Value;
  readonly value: Value;
  /** Keys and values of earlier tokens [KV, S, d]: both or none. */
  readonly cachedKeys?: Value;
  readonly cachedValues?: Value;
  /**
   * Added to the scores of cached and new tokens; broadcasts to [H/KV·T, S + T], for the rows of all heads of queries that read one head of
   * keys stand below one another (see `perGroup`).
   */
  readonly mask?: Value;
  /** Factor of the scores; 1/√d if not given. */
  readonly scale?: number;
  /**
   * Where `mask` hides later tokens, no keys are shared and there is no cache: blocks of rows that T is cut into, so that less of what is hidden
   * is computed. The result is the same. For training, where T is known and large.
   */
  readonly causalBlocks?: number;
}

/**
 * Attention over a cache of fixed capacity and the new tokens in two parts with one softmax over both → [H, T, d].
 * So the cache is only read: a graph that joined old and new keys would copy all of them for each token.
 */
export function attention(operands: AttentionOperands): Value {
  const { query, key, value, cachedKeys, cachedValues, mask } = operands;
  const [heads, tokens, d] = query.shape;
  const kvHeads = key.shape[0];
  if (typeof heads !== 'number' || typeof kvHeads !== 'number' || typeof d !== 'number' || heads % kvHeads !== 0) {
    throw new GraphError(`Attention(query ${describe(query)}, key ${describe(key)}): heads do not fit.`);
  }
  const group = heads / kvHeads;
  const scaled = ops.mul(query, operands.scale ?? 1 / Math.sqrt(d));
  const { causalBlocks: blocks } = operands;
  if (blocks !== undefined && mask !== undefined && cachedKeys === undefined && group === 1) {
    return attendCausally({ query: scaled, key, value, mask, blocks });
  }
  // The heads that read the same keys become rows of one product per head of keys: nothing is repeated.
  const rows = group === 1 ? scaled : ops.reshape(scaled, [kvHeads, -1, d]);
  const scores = (keys: Value): Value => ops.matmul(rows, ops.transpose(keys, [0, 2, 1]));
  const masked = (all: Value): Value => (mask === undefined ? all : ops.add(all, mask));
  const ownScores = scores(key);
  let mixed: Value;
  if (cachedKeys === undefined || cachedValues === undefined) {
    mixed = attend(masked(ownScores), value);
  } else {
    const cacheScores = scores(cachedKeys);
    const weights = ops.softmax(masked(ops.concat([cacheScores, ownScores], -1)));
    const [cacheWeights, ownWeights] = ops.splitLike(weights, [cacheScores, ownScores], -1);
    mixed = ops.add(ops.matmul(cacheWeights!, cachedValues), ops.matmul(ownWeights!, value));
  }
  return group === 1 ? mixed : ops.reshape(mixed, [heads, tokens!, d]);
}

/** A mask [T, …] for the rows of all heads of queries that read one head of keys [group·T, …]; made once for all layers. */
export function perGroup(mask: Value, group: number): Value {
  return group === 1 ? mask : ops.concat(Array<Value>(group).fill(mask), 0);
}

/** 0, 1, … along an axis of x (int64 [size]). */
function positions(x: Value, axis: number): Value {
  const { builder } = x;
  const size = x.shape.at(axis)!;
  if (typeof size === 'number') {
    return builder.integers(Array.from({ length: size }, (_, i) => i));
  }
  return ops.range(builder.scalar('int64', 0), ops.dimOf(x, axis), builder.scalar('int64', 1), size);
}

/**
 * Mask [T, T] for attention among tokens: 0 where token i sees token j, i − window < j ≤ i, and −1e9 elsewhere.
 * @param x its axis `axis` has T
 * @param window how many tokens are seen, the token itself among them; all earlier ones if not given
 */
export function causalMask(x: Value, axis: number, window?: number): Value {
  const at = positions(x, axis);
  const queries = ops.unsqueeze(at, [1]);
  const keys = ops.unsqueeze(at, [0]);
  const past = ops.greaterOrEqual(queries, keys);
  const visible = window === undefined ? past : ops.and(past, ops.less(queries, ops.add(keys, window)));
  return additive(visible);
}

function additive(visible: Value): Value {
  const { builder } = visible;
  return ops.where(visible, builder.scalar('float32', 0), builder.scalar('float32', HIDDEN));
}
