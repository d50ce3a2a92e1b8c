import type { Kernel, Kernels } from './kernel';
import type { NativeTensor, TensorFlow } from './library';

type ReduceOp = 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'Softmax' | 'SimplifiedLayerNormalization' | 'ArgMax';

type Reduce = (tf: TensorFlow, x: NativeTensor, axes: number[], keep: boolean) => NativeTensor;

const reduction =
  (compute: Reduce): Kernel<'ReduceSum' | 'ReduceMean' | 'ReduceMax'> =>
  (tf, operands, { keepdims }) =>
    compute(tf, operands.tensor(0), [...operands.integers(1)], keepdims === 1);

/** The library's softmax is over the last axis only. */
function softmax(tf: TensorFlow, x: NativeTensor, axis: number): NativeTensor {
  const last = x.rank - 1;
  if (axis === last) return tf.softmax(x);
  // Two axes that change places do so again on the way back.
  const swap = x.shape.map((_, i) => (i === axis ? last : i === last ? axis : i));
  return tf.transpose(tf.softmax(tf.transpose(x, swap)), swap);
}

export const reduceKernels: Kernels<ReduceOp> = {
  ReduceSum: reduction((tf, x, axes, keep) => tf.sum(x, axes, keep)),
  ReduceMean: reduction((tf, x, axes, keep) => tf.mean(x, axes, keep)),
  ReduceMax: reduction((tf, x, axes, keep) => tf.max(x, axes, keep)),
  Softmax: (tf, operands, { axis }) => softmax(tf, operands.tensor(0), axis),
  SimplifiedLayerNormalization: (tf, operands, { epsilon }) => {
    const [x, scale] = [operands.tensor(0), operands.tensor(1)];
    const meanSquare = tf.mean(tf.square(x), -1, true);
    return tf.mul(tf.mul(x, tf.rsqrt(tf.add(meanSquare, epsilon))), scale);
  },
  ArgMax: (tf, operands, { axis, keepdims }) => {
    const places = tf.argMax(operands.tensor(0), axis);
    return keepdims === 1 ? tf.expandDims(places, axis) : places;
  },
};
