import type { GraphBuilder, Value } from '../graph';
import { broadcast } from '../dims';
import type { Attributes, Op } from '../node';
import { describe, GraphError, type DType, type Shape } from '../types';

/** A value, or a number that becomes a scalar of the other operand's element type. */
export type Operand = Value | number;

/** `MatMul(float32 [T, 4], float32 [3, 5]): what`. */
export function fail(op: Op, operands: readonly Value[], what: string): never {
  throw new GraphError(`${op}(${operands.map(describe).join(', ')}): ${what}.`);
}

function builderOf(op: Op, operands: readonly Operand[]): GraphBuilder {
  const value = operands.find((operand) => typeof operand !== 'number');
  if (value === undefined) throw new GraphError(`${op}: at least one operand must be a value of a graph.`);
  return value.builder;
}

/** Operands with numbers made scalars, all of one element type. */
export function asValues(op: Op, operands: readonly Operand[]): Value[] {
  const builder = builderOf(op, operands);
  const { dtype } = operands.find((operand) => typeof operand !== 'number')!;
  const values = operands.map((operand) => {
    if (typeof operand !== 'number') return operand;
    if (dtype === 'float16') throw new GraphError(`${op}: a number cannot become a float16 scalar; use a constant.`);
    return builder.scalar(dtype, operand);
  });
  if (values.some((value) => value.dtype !== dtype)) fail(op, values, 'operands must have the same element type');
  return values;
}

export function requireType(op: Op, value: Value, allowed: readonly DType[]): void {
  if (!allowed.includes(value.dtype)) fail(op, [value], `needs ${allowed.join(' or ')}`);
}

export function broadcastAll(op: Op, values: readonly Value[]): Shape {
  return values.reduce<Shape>(
    (shape, value) => broadcast(shape, value.shape) ?? fail(op, values, 'shapes do not broadcast'),
    [],
  );
}

/** An axis counted from the start; `extra` more axes are allowed where the result has a higher rank. */
export function axisOf(op: Op, value: Value, axis: number, extra = 0): number {
  const rank = value.shape.length + extra;
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) fail(op, [value], `has no axis ${axis}`);
  return axis < 0 ? axis + rank : axis;
}

/** Distinct axes in rising order. */
export function axesOf(op: Op, value: Value, axes: readonly number[], extra = 0): number[] {
  const result = axes.map((axis) => axisOf(op, value, axis, extra)).sort((a, b) => a - b);
  if (new Set(result).size !== result.length) fail(op, [value], `axes [${axes.join(', ')}] repeat`);
  return result;
}

/** Adds a node with one output. */
export function emit<O extends Op>(
  op: O,
  inputs: readonly (Value | undefined)[],
  attributes: Attributes[O],
  dtype: DType,
  shape: Shape,
): Value {
  const builder = inputs.find((input) => input !== undefined)!.builder;
  return builder.node(op, inputs, attributes, [{ dtype, shape }])[0]!;
}
