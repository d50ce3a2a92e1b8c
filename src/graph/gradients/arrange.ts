import { broadcast } from '../dims';
import type { Value } from '../graph';
import * as ops from '../ops';
import { dataFrom, type DType, type Shape } from '../types';

/* Building blocks of rules. All shapes are numbers: gradients() sees to it. */

export const sameShape = (a: Shape, b: Shape): boolean => a.join() === b.join();

/** A shape that is known to be of numbers. */
export const sizes = (shape: Shape): readonly number[] => shape as readonly number[];

export const product = (shape: Shape): number => sizes(shape).reduce((all, size) => all * size, 1);

/** A scalar of `like`'s element type. */
export function scalarLike(like: Value, number: number): Value {
  const scalar = like.builder.scalar('float32', number);
  return like.dtype === 'float16' ? ops.cast(scalar, 'float16') : scalar;
}

export function zeros(like: Value, shape: Shape = like.shape): Value {
  const zero = scalarLike(like, 0);
  return shape.length === 0 ? zero : ops.expand(zero, sizes(shape));
}

/** The numbers of a constant operand such as axes; undefined where it is no constant. */
export function numbersOf(value: Value): number[] | undefined {
  const data = value.builder.dataOf(value);
  return data === undefined ? undefined : Array.from(data as ArrayLike<number | bigint>, Number);
}

/** x in another shape; x itself where it has it. */
export function reshaped(x: Value, shape: Shape): Value {
  return sameShape(x.shape, shape) ? x : ops.reshape(x, shape);
}

/** Repeated to `shape`. */
export function expanded(x: Value, shape: Shape): Value {
  return sameShape(x.shape, shape) ? x : ops.expand(x, sizes(shape));
}

/** What broadcasting repeated is summed, so that the result has `shape`. */
export function unbroadcast(x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.shape.length - shape.length;
  const axes = x.shape.flatMap((size, axis) => (size !== 1 && (axis < lead || shape[axis - lead] === 1) ? [axis] : []));
  return reshaped(axes.length === 0 ? x : ops.reduceSum(x, axes), shape);
}

/** Before it was repeated: elementwise operations repeat for nothing, Expand writes it all down. */
function compact(x: Value): Value {
  const producer = x.builder.producerOf(x);
  return producer?.op === 'Expand' ? compact(x.builder.value(producer.inputs[0]!)) : x;
}

/** `a` before it was repeated, where an elementwise operation with b gives the same. */
function slim(a: Value, b: Value): Value {
  const small = compact(a);
  const shape = broadcast(small.shape, b.shape);
  return shape !== undefined && sameShape(shape, broadcast(a.shape, b.shape)!) ? small : a;
}

function isOne(x: Value): boolean {
  const producer = x.builder.producerOf(x);
  return producer?.op === 'Reshape' ? isOne(x.builder.value(producer.inputs[0]!)) : numbersOf(x)?.join() === '1';
}

/** a · b with broadcasting; the gradient first. */
export function times(a: Value, b: Value): Value {
  const factor = slim(a, b);
  return isOne(factor) && sameShape(b.shape, broadcast(a.shape, b.shape)!) ? b : ops.mul(factor, b);
}

/** a / b with broadcasting; the gradient first. */
export const over = (a: Value, b: Value): Value => ops.div(slim(a, b), b);

/** x · factor. What is repeated is scaled before it is. */
export function scaled(x: Value, factor: number): Value {
  if (factor === 1) return x;
  const small = compact(x);
  return expanded(ops.mul(small, scalarLike(x, factor)), x.shape);
}

/** What a scattering onto zeros adds where: it can as well be added to something else. */
function scatteredOnZeros(x: Value): { at: Value; updates: Value; axis: number } | undefined {
  const { builder } = x;
  const producer = builder.producerOf(x);
  if (producer?.op !== 'ScatterElements' || producer.attributes.reduction !== 'add') return undefined;
  const [base, at, updates] = producer.inputs.map((name) => builder.value(name));
  if (numbersOf(compact(base!))?.join() !== '0') return undefined;
  return { at: at!, updates: updates!, axis: producer.attributes.axis };
}

/** a + b of the same shape. */
export function plus(a: Value, b: Value): Value {
  // A table that is both read by index and multiplied by, as tied embeddings are.
  for (const [base, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const scattered = scatteredOnZeros(other);
    if (scattered !== undefined)
      return ops.scatterElements(base, scattered.at, scattered.updates, scattered.axis, 'add');
  }
  const slimB = slim(b, a);
  return slimB === b ? ops.add(slim(a, b), b) : ops.add(a, slimB);
}

/** 0, stride, 2·stride, … along one axis of a shape (int64 [1, …, size, …, 1]). */
export function ramp(like: Value, shape: Shape, axis: number, stride: number): Value {
  const size = sizes(shape)[axis]!;
  const values = Array.from({ length: size }, (_, i) => i * stride);
  return like.builder.constant(
    'int64',
    dataFrom('int64', values),
    shape.map((_, i) => (i === axis ? size : 1)),
  );
}

export const isFloat = (dtype: DType): boolean => dtype === 'float32' || dtype === 'float16';
