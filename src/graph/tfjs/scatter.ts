import type { NativeTensor, TensorFlow } from './library';

/** Indices that may count from the end, from −size on, counted from the start. */
export function fromStart(tf: TensorFlow, indices: NativeTensor, size: number): NativeTensor {
  if (indices.size === 0) return tf.clone(indices);
  const back = tf.less(indices, tf.scalar(0, 'int32'));
  return tf.add(indices, tf.mul(tf.cast(back, 'int32'), tf.scalar(size, 'int32')));
}

/**
 * Where in the row-major elements of a tensor those lie that an index along `axis` names (int32, of the indices' shape): the other
 * coordinates are the index's own place.
 */
function places(tf: TensorFlow, shape: readonly number[], indices: NativeTensor, axis: number): NativeTensor {
  const stride = (i: number): number => shape.slice(i + 1).reduce((size, dim) => size * dim, 1);
  let sum = tf.mul(fromStart(tf, indices, shape[axis]!), tf.scalar(stride(axis), 'int32'));
  indices.shape.forEach((count, i) => {
    if (i === axis || count === 1) return;
    const coordinate = tf.range(0, count * stride(i), stride(i), 'int32');
    const alongAxis = indices.shape.map((_, j) => (j === i ? count : 1));
    sum = tf.add(sum, tf.reshape(coordinate, alongAxis));
  });
  return sum;
}

/**
 * ONNX's ScatterElements. Repeated indices add up: the library's scatterND sums what has one place
 * (https://js.tensorflow.org/api/4.22.0/#scatterND), in order on its CPU backend. What they do without a reduction ONNX leaves open.
 */
export function scatterElements(
  tf: TensorFlow,
  x: NativeTensor,
  indices: NativeTensor,
  updates: NativeTensor,
  axis: number,
  reduction: 'none' | 'add',
): NativeTensor {
  if (updates.size === 0) return tf.clone(x);
  const at = tf.reshape(places(tf, x.shape, indices, axis), [-1, 1]);
  const put = (values: NativeTensor): NativeTensor => tf.reshape(tf.scatterND(at, values, [x.size]), x.shape);
  const scattered = put(tf.reshape(updates, [-1]));
  if (reduction === 'add') return tf.add(x, scattered);
  // Not tensorScatterUpdate: on the CPU backend of 4.22.0 it writes into its operand.
  const hits = put(tf.ones([updates.size], 'int32'));
  return tf.where(tf.greater(hits, tf.scalar(0, 'int32')), scattered, x);
}
