import type { Value } from '../graph';
import * as ops from '../ops';
import { expanded, numbersOf, product, ramp, reshaped, sizes, unbroadcast, zeros } from './arrange';
import { swapsLast, transposed } from './linear';
import { stop, type Rules } from './rule';

type ShapingOp =
  | 'Reshape' | 'Transpose' | 'Concat' | 'Slice' | 'Split' | 'Squeeze' | 'Unsqueeze' | 'Expand'
  | 'Gather' | 'ScatterElements' | 'Shape' | 'Range'; // prettier-ignore

/** Axes back in the order they had; of a single product the factors change places instead. */
function reordered(gradient: Value, perm: readonly number[]): Value {
  const producer = gradient.builder.producerOf(gradient);
  if (producer?.op === 'MatMul' && swapsLast(perm)) {
    const [a, b] = producer.inputs.map((name) => gradient.builder.value(name));
    return ops.matmul(transposed(b!), transposed(a!));
  }
  return ops.transpose(
    gradient,
    perm.map((_, axis) => perm.indexOf(axis)),
  );
}

/** With zeros before and after along an axis, which then has `size` elements. */
function padded(x: Value, axis: number, before: number, size: number): Value {
  const after = size - before - sizes(x.shape)[axis]!;
  const parts = [before, after].map((count) => (count > 0 ? [zeros(x, x.shape.with(axis, count))] : []));
  return parts.flat().length === 0 ? x : ops.concat([...parts[0]!, x, ...parts[1]!], axis);
}

/** Zeros in x's shape with the rows of a gathering's gradient added where they were read. */
function scattered(gradient: Value, x: Value, indices: Value, axis: number): Value {
  const count = product(indices.shape);
  const shape = x.shape.with(axis, count);
  const at = ops.reshape(
    indices,
    shape.map((_, i) => (i === axis ? count : 1)),
  );
  // Not ScatterND: with repeated indices onnxruntime's is racy on the CPU.
  return ops.scatterElements(zeros(x), expanded(at, shape), reshaped(gradient, shape), axis, 'add');
}

/** Elements of x at the places that a scattering wrote to. */
function gatheredElements(x: Value, indices: Value, axis: number): Value {
  const size = sizes(x.shape)[axis]!;
  const wide = ops.cast(indices, 'int64');
  const fromStart = ops.where(ops.less(wide, 0), ops.add(wide, size), wide);
  const stride = (i: number): number => product(x.shape.slice(i + 1));
  const places = x.shape.reduce<Value>(
    (sum, _, i) => (i === axis ? sum : ops.add(sum, ramp(x, indices.shape, i, stride(i)))),
    ops.mul(fromStart, stride(axis)),
  );
  return ops.gather(ops.reshape(x, [product(x.shape)]), places, 0);
}

export const shapingRules: Rules<ShapingOp> = {
  Reshape: ({ inputs: [x], gradient: g }) => [() => reshaped(g, x!.shape)],
  Squeeze: ({ inputs: [x], gradient: g }) => [() => reshaped(g, x!.shape)],
  Unsqueeze: ({ inputs: [x], gradient: g }) => [() => reshaped(g, x!.shape)],
  Expand: ({ inputs: [x], gradient: g }) => [() => unbroadcast(g, x!.shape)],
  Transpose: ({ attributes: { perm }, gradient: g }) => [() => reordered(g, perm)],
  Concat: ({ inputs, attributes: { axis }, gradient: g }) => {
    const ends: number[] = [];
    for (const input of inputs) ends.push((ends.at(-1) ?? 0) + sizes(input.shape)[axis]!);
    return ends.map((end, i) => () => ops.slice(g, axis, i === 0 ? 0 : ends[i - 1]!, end));
  },
  Slice: ({ inputs: [x, starts, , axes], gradient: g }) => [
    () => {
      const from = numbersOf(starts!)!;
      return numbersOf(axes!)!.reduce((result, axis, i) => {
        const size = sizes(x!.shape)[axis]!;
        const start = from[i]! < 0 ? from[i]! + size : from[i]!;
        return padded(result, axis, Math.min(Math.max(start, 0), size), size);
      }, g);
    },
  ],
  Split: ({ outputs, attributes: { axis }, gradients }) => [
    () => {
      const like = gradients.find((gradient) => gradient !== undefined)!;
      return ops.concat(
        outputs.map((output, i) => gradients[i] ?? zeros(like, output.shape)),
        axis,
      );
    },
  ],
  Gather: ({ inputs: [x, indices], attributes: { axis }, gradient: g }) => [() => scattered(g, x!, indices!, axis)],
  ScatterElements: ({ inputs: [, indices, updates], attributes: { axis, reduction }, gradient: g }) => [
    () => (reduction === 'add' ? g : ops.scatterElements(g, indices!, zeros(updates!), axis, 'none')),
    undefined,
    () => gatheredElements(g, indices!, axis),
  ],
  Shape: stop,
  Range: stop,
};
