import { customGradient } from './gradients/custom';
import type { Value } from './graph';
import * as ops from './ops';
import { describe, GraphError } from './types';

/**
 * −log softmax(logits)[target] of each row [N], in nats.
 * Its gradient (softmax − onehot) · g is one product and one scattering over the softmax, which is the only thing of size [N, V] that
 * is kept: log-probabilities are never written down. The row's log-sum-exp comes from two maxima, max(x) − log max(softmax(x)), which is
 * exact however improbable the target is, and all of it has kernels on WebGPU, unlike LogSoftmax.
 * @param logits float32 [N, V], sizes known
 * @param targets int32 or int64 [N], 0 … V − 1
 */
export function negativeLogLikelihood(logits: Value, targets: Value): Value {
  const [rows, classes] = logits.shape;
  const fits = logits.shape.length === 2 && targets.shape.length === 1 && targets.shape[0] === rows;
  if (!fits || typeof rows !== 'number' || typeof classes !== 'number') {
    throw new GraphError(`CrossEntropy(${describe(logits)}, ${describe(targets)}): needs [N, V] and [N], sizes known.`);
  }
  const { builder } = logits;
  const probabilities = ops.softmax(logits);
  const logSum = ops.sub(ops.reduceMax(logits, [1], false), ops.log(ops.reduceMax(probabilities, [1], false)));
  const starts = builder.integers(Array.from({ length: rows }, (_, row) => row * classes));
  const places = ops.add(starts, ops.cast(targets, 'int64'));
  const ofTarget = ops.gather(ops.reshape(logits, [rows * classes]), places);
  return customGradient(
    ops.sub(logSum, ofTarget),
    [logits, targets, probabilities],
    (gradient, [, columns, softmax]) => {
      const perRow = ops.unsqueeze(gradient, [1]);
      const weighted = ops.mul(softmax!, perRow);
      return [ops.scatterElements(weighted, ops.unsqueeze(columns!, [1]), ops.neg(perRow), 1, 'add')];
    },
  );
}

/**
 * Mean cross-entropy of the rows (float32 scalar, nats), each counted with its weight: Σ wᵢ·nllᵢ / Σ wᵢ; 0 where all weights are 0.
 * @param logits float32 [N, V]
 * @param targets int32 [N], any class in rows of weight 0
 * @param weights float32 [N], not negative
 */
export function crossEntropy(logits: Value, targets: Value, weights: Value): Value {
  const total = ops.reduceSum(weights, [0], false);
  const share = ops.div(weights, ops.where(ops.less(0, total), total, 1));
  return ops.reduceSum(ops.mul(negativeLogLikelihood(logits, targets), share), [0], false);
}
