import type { Value } from '../graph';
import type { DType } from '../types';
import { asValues, broadcastAll, emit, fail, requireType, type Operand } from './operands';

/* Element by element, with NumPy's broadcasting. A number as an operand stands for a scalar of the other's element type. */

const FLOATS: readonly DType[] = ['float32', 'float16'];

type ArithmeticOp = 'Add' | 'Sub' | 'Mul' | 'Div' | 'Pow' | 'Min' | 'Max';
type ComparisonOp = 'Equal' | 'Less' | 'GreaterOrEqual';
type FloatOp = 'Sqrt' | 'Exp' | 'Log' | 'Sigmoid' | 'Tanh' | 'Reciprocal';

function arithmetic(op: ArithmeticOp, a: Operand, b: Operand): Value {
  const values = asValues(op, [a, b]);
  if (values[0]!.dtype === 'bool') fail(op, values, 'has no meaning for bool');
  return emit(op, values, {}, values[0]!.dtype, broadcastAll(op, values));
}

function comparison(op: ComparisonOp, a: Operand, b: Operand): Value {
  const values = asValues(op, [a, b]);
  return emit(op, values, {}, 'bool', broadcastAll(op, values));
}

function floating(op: FloatOp, x: Value): Value {
  requireType(op, x, FLOATS);
  return emit(op, [x], {}, x.dtype, x.shape);
}

export const add = (a: Operand, b: Operand): Value => arithmetic('Add', a, b);
export const sub = (a: Operand, b: Operand): Value => arithmetic('Sub', a, b);
export const mul = (a: Operand, b: Operand): Value => arithmetic('Mul', a, b);
export const div = (a: Operand, b: Operand): Value => arithmetic('Div', a, b);
export const pow = (a: Operand, b: Operand): Value => arithmetic('Pow', a, b);
export const min = (a: Operand, b: Operand): Value => arithmetic('Min', a, b);
export const max = (a: Operand, b: Operand): Value => arithmetic('Max', a, b);

export const sqrt = (x: Value): Value => floating('Sqrt', x);
export const exp = (x: Value): Value => floating('Exp', x);
/** Natural logarithm. */
export const log = (x: Value): Value => floating('Log', x);
export const sigmoid = (x: Value): Value => floating('Sigmoid', x);
export const tanh = (x: Value): Value => floating('Tanh', x);
export const reciprocal = (x: Value): Value => floating('Reciprocal', x);

export function neg(x: Value): Value {
  requireType('Neg', x, [...FLOATS, 'int32', 'int64', 'int8']);
  return emit('Neg', [x], {}, x.dtype, x.shape);
}

export function abs(x: Value): Value {
  requireType('Abs', x, [...FLOATS, 'int32', 'int64', 'int8']);
  return emit('Abs', [x], {}, x.dtype, x.shape);
}

/** The same value under another name. */
export const identity = (x: Value): Value => emit('Identity', [x], {}, x.dtype, x.shape);

export const equal = (a: Operand, b: Operand): Value => comparison('Equal', a, b);
export const less = (a: Operand, b: Operand): Value => comparison('Less', a, b);
export const greaterOrEqual = (a: Operand, b: Operand): Value => comparison('GreaterOrEqual', a, b);

export function and(a: Value, b: Value): Value {
  requireType('And', a, ['bool']);
  requireType('And', b, ['bool']);
  return emit('And', [a, b], {}, 'bool', broadcastAll('And', [a, b]));
}

export function not(x: Value): Value {
  requireType('Not', x, ['bool']);
  return emit('Not', [x], {}, 'bool', x.shape);
}

/** `condition ? a : b`. */
export function where(condition: Value, a: Operand, b: Operand): Value {
  requireType('Where', condition, ['bool']);
  const values = asValues('Where', [a, b]);
  return emit('Where', [condition, ...values], {}, values[0]!.dtype, broadcastAll('Where', [condition, ...values]));
}

/** Floats become integers by dropping the fraction. */
export function cast(x: Value, to: DType): Value {
  return x.dtype === to ? x : emit('Cast', [x], { to }, to, x.shape);
}
