import { customGradient } from './gradients/custom';
import type { Value } from './graph';
import * as ops from './ops';
import { describe, GraphError } from './types';

/** Rows and columns of each matrix exchanged. */
function exchanged(x: Value): Value {
  return ops.transpose(x, [0, 2, 1]);
}

/**
 * softmax(scores) × values [H, T, d]; scores [H, T, S], values [H, S, d].
 * The softmax's gradient needs Σⱼ p·dp for each row of S, which is Σ out·dout over d (Dao et al., arXiv 2205.14135, section 3): two of four
 * passes over what is largest in a transformer are saved.
 */
export function attend(scores: Value, values: Value): Value {
  const weights = ops.softmax(scores);
  const out = ops.matmul(weights, values);
  return customGradient(out, [scores, values, weights, out], (gradient, [, v, p, y]) => {
    const perRow = ops.reduceSum(ops.mul(gradient, y!), [-1]);
    const toWeights = ops.matmul(gradient, exchanged(v!));
    return [ops.mul(ops.sub(toWeights, perRow), p!), ops.matmul(exchanged(p!), gradient)];
  });
}

export interface CausalOperands {
  /** All [H, T, d], sizes known. The query is scaled already. */
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
  /** Added to the scores [T, T]; hides later tokens, whatever else it hides. */
  readonly mask: Value;
  /** Divides T. With n blocks (n + 1)/2n of the scores are computed: 5/8 with four. */
  readonly blocks: number;
}

/** Attention among tokens of which none sees later ones, in blocks of rows: each reads the keys up to its own end only → [H, T, d]. */
export function attendCausally({ query, key, value, mask, blocks }: CausalOperands): Value {
  const tokens = query.shape[1];
  if (typeof tokens !== 'number' || tokens % blocks !== 0) {
    throw new GraphError(`Attention(query ${describe(query)}): its tokens cannot be cut into ${blocks} blocks.`);
  }
  const rows = tokens / blocks;
  const queries = ops.split(query, Array<number>(blocks).fill(rows), 1);
  const parts = queries.map((part, i) => {
    const seen = (i + 1) * rows;
    const hidden = ops.slice(ops.slice(mask, 0, i * rows, seen), 1, 0, seen);
    const [keys, values] = seen === tokens ? [key, value] : [ops.slice(key, 1, 0, seen), ops.slice(value, 1, 0, seen)];
    return attend(ops.add(ops.matmul(part, exchanged(keys)), hidden), values);
  });
  return ops.concat(parts, 1);
}
