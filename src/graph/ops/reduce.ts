import type { Value } from '../graph';
import type { Shape } from '../types';
import { exp, log, sub } from './elementwise';
import { axesOf, axisOf, emit, fail, requireType } from './operands';

/** The shape with some axes of size 1, or gone. */
function reduced(shape: Shape, axes: readonly number[], keepdims: boolean): Shape {
  return keepdims ? shape.map((dim, i) => (axes.includes(i) ? 1 : dim)) : shape.filter((_, i) => !axes.includes(i));
}

function reduction(
  op: 'ReduceSum' | 'ReduceMean' | 'ReduceMax',
  x: Value,
  axes: readonly number[],
  keepdims: boolean,
): Value {
  requireType(op, x, op === 'ReduceMean' ? ['float32', 'float16'] : ['float32', 'float16', 'int32', 'int64']);
  const list = axesOf(op, x, axes);
  // For ONNX no axes are all axes.
  if (list.length === 0) return x;
  const shape = reduced(x.shape, list, keepdims);
  return emit(op, [x, x.builder.integers(list)], { keepdims: keepdims ? 1 : 0 }, x.dtype, shape);
}

export const reduceSum = (x: Value, axes: readonly number[], keepdims = true): Value =>
  reduction('ReduceSum', x, axes, keepdims);
export const reduceMean = (x: Value, axes: readonly number[], keepdims = true): Value =>
  reduction('ReduceMean', x, axes, keepdims);
export const reduceMax = (x: Value, axes: readonly number[], keepdims = true): Value =>
  reduction('ReduceMax', x, axes, keepdims);

/** Sums to 1 along the axis. */
export function softmax(x: Value, axis = -1): Value {
  requireType('Softmax', x, ['float32', 'float16']);
  return emit('Softmax', [x], { axis: axisOf('Softmax', x, axis) }, x.dtype, x.shape);
}

/** x / √(mean(x²) + epsilon) · scale over the last axis, of which scale [d] has the size. */
export function simplifiedLayerNormalization(x: Value, scale: Value, epsilon: number): Value {
  const op = 'SimplifiedLayerNormalization';
  requireType(op, x, ['float32']);
  if (scale.dtype !== x.dtype || scale.shape.length !== 1 || scale.shape[0] !== x.shape.at(-1)) {
    fail(op, [x, scale], 'the scale must be one number for each of the last axis');
  }
  return emit(op, [x, scale], { axis: -1, epsilon }, x.dtype, x.shape);
}

/** Logarithm of the softmax, from primitive operations: onnxruntime's WebGPU provider has no kernel for LogSoftmax. */
export function logSoftmax(x: Value, axis = -1): Value {
  const shifted = sub(x, reduceMax(x, [axis]));
  return sub(shifted, log(reduceSum(exp(shifted), [axis])));
}

/** Index (int64) of the largest element along the axis, the first of equals. */
export function argMax(x: Value, axis = -1, keepdims = false): Value {
  requireType('ArgMax', x, ['float32', 'float16', 'int32']);
  const at = axisOf('ArgMax', x, axis);
  return emit('ArgMax', [x], { axis: at, keepdims: keepdims ? 1 : 0 }, 'int64', reduced(x.shape, [at], keepdims));
}
