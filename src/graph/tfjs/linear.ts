import { broadcast } from '../dims';
import type { Kernels } from './kernel';
import type { NativeTensor, TensorFlow } from './library';

type LinearOp = 'MatMul' | 'Gemm' | 'MatMulNBits' | 'DequantizeLinear';

const product = (dims: readonly number[]): number => dims.reduce((size, dim) => size * dim, 1);

/** [..., m, k] × [..., k, n]; leading axes broadcast. */
function matmul(tf: TensorFlow, a: NativeTensor, b: NativeTensor): NativeTensor {
  const [leadingA, leadingB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const [m, k, n] = [a.shape.at(-2)!, a.shape.at(-1)!, b.shape.at(-1)!];
  const leading = (broadcast(leadingA, leadingB) ?? leadingA) as number[];
  if (product([...leading, m, k, n]) === 0) return tf.zeros([...leading, m, n]);
  if (product(leadingB) === 1) {
    // One matrix on the right: all rows on the left are those of one product.
    const rows = tf.matMul(tf.reshape(a, [-1, k]), tf.reshape(b, [k, n]));
    return tf.reshape(rows, [...leading, m, n]);
  }
  // The library's CPU backend stacks products right only where the leading axes are the same, or those of one side are all 1.
  const spread = (x: NativeTensor, own: readonly number[]): NativeTensor =>
    own.join() === leading.join() || product(own) === 1 ? x : tf.broadcastTo(x, [...leading, ...x.shape.slice(-2)]);
  return tf.matMul(spread(a, leadingA), spread(b, leadingB));
}

export const linearKernels: Kernels<LinearOp> = {
  MatMul: (tf, operands) => matmul(tf, operands.tensor(0), operands.tensor(1)),
  Gemm: (tf, operands, { alpha, beta, transA, transB }) => {
    const product = tf.matMul(operands.tensor(0), operands.tensor(1), transA === 1, transB === 1);
    const scaled = alpha === 1 ? product : tf.mul(product, alpha);
    if (operands.count < 3) return scaled;
    const c = operands.tensor(2);
    return tf.add(scaled, beta === 1 ? c : tf.mul(c, beta));
  },
  MatMulNBits: { refused: 'products of quantised numbers' },
  DequantizeLinear: { refused: 'quantised numbers' },
};
