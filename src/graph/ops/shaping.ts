import { divide, sum } from '../dims';
import type { Value } from '../graph';
import { GraphError, type Dim, type Shape } from '../types';
import { axesOf, axisOf, emit, fail, requireType } from './operands';

/**
 * The same elements in another shape. In `shape`, 0 keeps the axis, one -1 takes what is left, and a name stands for a
 * size known at run time only: the one that this axis has already, or at most one more.
 */
export function reshape(x: Value, shape: Shape): Value {
  const wanted = shape.map((dim, i) =>
    dim === 0 ? (x.shape[i] ?? fail('Reshape', [x], `has no axis ${i} to keep`)) : dim,
  );
  // Sizes as ONNX takes them: names that are not kept in place become its -1.
  const sizes = wanted.map((dim, i) => (typeof dim === 'number' ? dim : dim === x.shape[i] ? 0 : -1));
  const text = `[${shape.join(', ')}]`;
  if (sizes.filter((size) => size === -1).length > 1) fail('Reshape', [x], `${text} leaves more than one size to find`);
  const rest = divide(
    x.shape,
    wanted.filter((dim) => dim !== -1),
  );
  const open = wanted.indexOf(-1);
  if (rest === undefined || (open < 0 && rest !== 1)) fail('Reshape', [x], `does not fit ${text}`);
  const result = wanted.map((dim) => (dim === -1 ? rest : dim));
  // A size that was to be found but is known is written down: the run-time then checks it.
  const known = sizes.map((size, i) => {
    const dim = result[i]!;
    return size === -1 && typeof dim === 'number' ? dim : size;
  });
  return emit('Reshape', [x, x.builder.integers(known)], {}, x.dtype, result);
}

/** Axis i of the result is axis perm[i] of x. */
export function transpose(x: Value, perm: readonly number[]): Value {
  const axes = perm.map((axis) => axisOf('Transpose', x, axis));
  if (axes.length !== x.shape.length || new Set(axes).size !== axes.length) {
    fail('Transpose', [x], `[${perm.join(', ')}] is no order of its axes`);
  }
  return emit(
    'Transpose',
    [x],
    { perm: axes },
    x.dtype,
    axes.map((axis) => x.shape[axis]!),
  );
}

/** Values one after the other along an axis; all other sizes agree. */
export function concat(values: readonly Value[], axis: number): Value {
  const [first] = values;
  if (first === undefined) throw new GraphError('Concat: nothing to join.');
  const at = axisOf('Concat', first, axis);
  for (const value of values) {
    const same =
      value.shape.length === first.shape.length && value.shape.every((dim, i) => i === at || dim === first.shape[i]);
    if (!same || value.dtype !== first.dtype) fail('Concat', values, `types and sizes off axis ${at} must agree`);
  }
  const joined = sum(values.map((value) => value.shape[at]!));
  return emit('Concat', values, { axis: at }, first.dtype, first.shape.with(at, joined));
}

/** Elements start … end − 1 of an axis; both may count from the end. On a symbolic axis give `size` unless it can be told. */
export function slice(x: Value, axis: number, start: number, end?: number, size?: Dim): Value {
  const at = axisOf('Slice', x, axis);
  const dim = sliced(x.shape[at]!, start, end) ?? size;
  if (dim === undefined) fail('Slice', [x], `${start}:${end ?? ''} of axis ${at} has no known size; name it`);
  const { builder } = x;
  const to = builder.integers([end ?? Number.MAX_SAFE_INTEGER]);
  const operands = [x, builder.integers([start]), to, builder.integers([at])];
  return emit('Slice', operands, {}, x.dtype, x.shape.with(at, dim));
}

function sliced(dim: Dim, start: number, end: number | undefined): Dim | undefined {
  if (typeof dim === 'number') {
    const clamp = (at: number): number => Math.min(Math.max(at < 0 ? at + dim : at, 0), dim);
    return Math.max(0, clamp(end ?? dim) - clamp(start));
  }
  if (start === 0 && end === undefined) return dim;
  // The last element is there in any axis that is not empty.
  return start === -1 && end === undefined ? 1 : undefined;
}

/** Pieces of the given sizes along an axis. */
export function split(x: Value, sizes: readonly number[], axis: number): Value[] {
  const at = axisOf('Split', x, axis);
  const dim = x.shape[at]!;
  if (sum(sizes) !== dim) fail('Split', [x], `sizes ${sizes.join(' + ')} do not make ${dim}`);
  const results = sizes.map((size) => ({ dtype: x.dtype, shape: x.shape.with(at, size) }));
  return x.builder.node('Split', [x, x.builder.integers(sizes)], { axis: at }, results);
}

/** Pieces along an axis as long as that axis of each of `likes`, whatever they are at run time. */
export function splitLike(x: Value, likes: readonly Value[], axis: number): Value[] {
  const at = axisOf('Split', x, axis);
  const dims = likes.map((like) => like.shape[at] ?? fail('Split', [x, like], `has no axis ${at}`));
  if (sum(dims) !== x.shape[at]) fail('Split', [x, ...likes], `sizes ${dims.join(' + ')} do not make ${x.shape[at]!}`);
  // A name is one size in all of a graph: the same pieces are asked for only once.
  const sizes = x.builder.once(`sizes ${dims.join(', ')}`, () =>
    concat(
      likes.map((like) => shapeOf(like, at, at + 1)),
      0,
    ),
  );
  const results = dims.map((dim) => ({ dtype: x.dtype, shape: x.shape.with(at, dim) }));
  return x.builder.node('Split', [x, sizes], { axis: at }, results);
}

/** Drops axes of size 1. */
export function squeeze(x: Value, axes: readonly number[]): Value {
  const list = axesOf('Squeeze', x, axes);
  const wrong = list.find((axis) => x.shape[axis] !== 1);
  if (wrong !== undefined) fail('Squeeze', [x], `axis ${wrong} is not of size 1`);
  const shape = x.shape.filter((_, i) => !list.includes(i));
  return emit('Squeeze', [x, x.builder.integers(list)], {}, x.dtype, shape);
}

/** Adds axes of size 1 where they stand in the result. */
export function unsqueeze(x: Value, axes: readonly number[]): Value {
  const list = axesOf('Unsqueeze', x, axes, axes.length);
  const rest = [...x.shape];
  const shape = Array.from({ length: x.shape.length + list.length }, (_, i) => (list.includes(i) ? 1 : rest.shift()!));
  return emit('Unsqueeze', [x, x.builder.integers(list)], {}, x.dtype, shape);
}

/** Repeats axes of size 1 to the given sizes, all known. */
export function expand(x: Value, shape: readonly number[]): Value {
  const fits =
    shape.length >= x.shape.length &&
    x.shape.every((dim, i) => dim === 1 || dim === shape[i - x.shape.length + shape.length]);
  if (!fits) fail('Expand', [x], `does not broadcast to [${shape.join(', ')}]`);
  return emit('Expand', [x, x.builder.integers(shape)], {}, x.dtype, shape);
}

/** Rows of x along an axis by index (int32 or int64 [i…]): the axis is replaced by the axes of `indices`. */
export function gather(x: Value, indices: Value, axis = 0): Value {
  requireType('Gather', indices, ['int32', 'int64']);
  const at = axisOf('Gather', x, axis);
  const shape = [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)];
  return emit('Gather', [x, indices], { axis: at }, x.dtype, shape);
}

/**
 * x with updates put in, or added, at indices along an axis; indices and updates have the same shape.
 * Adding repeated indices is exact and repeatable on the CPU provider, where ScatterND's is not.
 */
export function scatterElements(
  x: Value,
  indices: Value,
  updates: Value,
  axis: number,
  reduction: 'none' | 'add',
): Value {
  const operands = [x, indices, updates];
  requireType('ScatterElements', indices, ['int32', 'int64']);
  const at = axisOf('ScatterElements', x, axis);
  const fits = indices.shape.length === x.shape.length && indices.shape.join() === updates.shape.join();
  if (!fits || updates.dtype !== x.dtype) fail('ScatterElements', operands, 'shapes or types do not fit');
  return emit('ScatterElements', operands, { axis: at, reduction }, x.dtype, x.shape);
}

/** The sizes of the axes start … end − 1 (int64 [end − start]), of all if not given. */
export function shapeOf(x: Value, start = 0, end = x.shape.length): Value {
  if (start < 0 || end > x.shape.length || start >= end) fail('Shape', [x], `has no axes ${start} to ${end - 1}`);
  return emit('Shape', [x], { start, end }, 'int64', [end - start]);
}

/** The size of one axis (int64 scalar). */
export function dimOf(x: Value, axis: number): Value {
  const at = axisOf('Shape', x, axis);
  return squeeze(shapeOf(x, at, at + 1), [0]);
}

/** start, start + step, … below limit; scalars of one integer type. `size` is what their number is called. */
export function range(start: Value, limit: Value, step: Value, size: Dim): Value {
  const operands = [start, limit, step];
  for (const value of operands) {
    requireType('Range', value, ['int32', 'int64']);
    if (value.shape.length > 0 || value.dtype !== start.dtype) fail('Range', operands, 'needs scalars of one type');
  }
  return emit('Range', operands, {}, start.dtype, [size]);
}
