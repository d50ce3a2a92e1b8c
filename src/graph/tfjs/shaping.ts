import { broadcast } from '../dims';
import { GraphError } from '../types';
import { fromStart, scatterElements } from './scatter';
import type { Kernels, Operands } from './kernel';
import type { NativeTensor, TensorFlow } from './library';

type ShapingOp =
  | 'Reshape' | 'Transpose' | 'Concat' | 'Slice' | 'Split' | 'Squeeze' | 'Unsqueeze' | 'Expand' | 'Gather'
  | 'ScatterElements' | 'Shape' | 'Range'; // prettier-ignore

/** ONNX's wish for a shape, where 0 keeps an axis and one -1 takes what is left, as sizes. */
function wished(x: NativeTensor, wish: readonly number[]): number[] {
  const dims = wish.map((dim, axis) => (dim === 0 ? x.shape[axis]! : dim));
  const known = dims.filter((dim) => dim !== -1).reduce((size, dim) => size * dim, 1);
  return dims.map((dim) => (dim === -1 ? (known === 0 ? 0 : x.size / known) : dim));
}

function slice(tf: TensorFlow, operands: Operands): NativeTensor {
  if (operands.count > 4) throw new GraphError('TensorFlow.js: Slice is done without steps only.');
  const x = operands.tensor(0);
  const [starts, ends, axes] = [operands.integers(1), operands.integers(2), operands.integers(3)];
  const begin = x.shape.map(() => 0);
  const size = [...x.shape];
  axes.forEach((axis, i) => {
    const dim = x.shape[axis]!;
    const clamp = (at: number): number => Math.min(Math.max(at < 0 ? at + dim : at, 0), dim);
    begin[axis] = clamp(starts[i]!);
    size[axis] = Math.max(0, clamp(ends[i]!) - begin[axis]);
  });
  return tf.slice(x, begin, size);
}

export const shapingKernels: Kernels<ShapingOp> = {
  Reshape: (tf, operands) => {
    const x = operands.tensor(0);
    return tf.reshape(x, wished(x, operands.integers(1)));
  },
  Transpose: (tf, operands, { perm }) => tf.transpose(operands.tensor(0), [...perm]),
  Concat: (tf, operands, { axis }) => {
    const values = Array.from({ length: operands.count }, (_, i) => operands.tensor(i));
    return tf.concat(values, axis);
  },
  Slice: slice,
  Split: (tf, operands, { axis }) => tf.split(operands.tensor(0), [...operands.integers(1)], axis),
  Squeeze: (tf, operands) => {
    const axes = operands.integers(1);
    const x = operands.tensor(0);
    return tf.reshape(
      x,
      x.shape.filter((_, axis) => !axes.includes(axis)),
    );
  },
  Unsqueeze: (tf, operands) => {
    const axes = operands.integers(1);
    const x = operands.tensor(0);
    const rest = [...x.shape];
    const shape = Array.from({ length: x.rank + axes.length }, (_, axis) => (axes.includes(axis) ? 1 : rest.shift()!));
    return tf.reshape(x, shape);
  },
  Expand: (tf, operands) => {
    const x = operands.tensor(0);
    const wish = operands.integers(1);
    // Broadcasting works both ways: a size of 1 in the wish keeps the operand's.
    const shape = (broadcast(x.shape, wish) ?? wish) as number[];
    // The library broadcasts to no shape without elements.
    return shape.includes(0) ? tf.zeros(shape, x.dtype) : tf.broadcastTo(x, shape);
  },
  Gather: (tf, operands, { axis }) => {
    const x = operands.tensor(0);
    return tf.gather(x, fromStart(tf, operands.tensor(1), x.shape[axis]!), axis);
  },
  ScatterElements: (tf, operands, { axis, reduction }) =>
    scatterElements(tf, operands.tensor(0), operands.tensor(1), operands.tensor(2), axis, reduction),
  Shape: (tf, operands, { start, end }) => tf.tensor1d(operands.tensor(0).shape.slice(start, end), 'int32'),
  Range: (tf, operands) => {
    const [start, limit, step] = [0, 1, 2].map((i) => operands.integers(i)[0]!);
    return tf.range(start!, limit!, step, 'int32');
  },
};
