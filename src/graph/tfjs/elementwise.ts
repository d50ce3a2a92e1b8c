import { broadcast } from '../dims';
import type { Kernel, Kernels } from './kernel';
import { nativeType, type NativeTensor, type TensorFlow } from './library';

type ElementwiseOp =
  | 'Add' | 'Sub' | 'Mul' | 'Div' | 'Pow' | 'Min' | 'Max' | 'Sqrt' | 'Exp' | 'Log' | 'Neg' | 'Abs' | 'Sigmoid' | 'Tanh'
  | 'Reciprocal' | 'Identity' | 'Equal' | 'Less' | 'GreaterOrEqual' | 'And' | 'Not' | 'Where' | 'Cast'; // prettier-ignore

type UnaryOp = 'Sqrt' | 'Exp' | 'Log' | 'Neg' | 'Abs' | 'Sigmoid' | 'Tanh' | 'Reciprocal' | 'Identity' | 'Not';
type BinaryOp = Exclude<ElementwiseOp, UnaryOp | 'Where' | 'Cast'>;

const unary =
  (compute: (tf: TensorFlow, x: NativeTensor) => NativeTensor): Kernel<UnaryOp> =>
  (tf, operands) =>
    compute(tf, operands.tensor(0));

const binary =
  (compute: (tf: TensorFlow, a: NativeTensor, b: NativeTensor) => NativeTensor): Kernel<BinaryOp> =>
  (tf, operands) =>
    compute(tf, operands.tensor(0), operands.tensor(1));

/** Integers are divided as ONNX says, towards 0; the library's quotient of integers is rounded down. */
function divided(tf: TensorFlow, a: NativeTensor, b: NativeTensor): NativeTensor {
  if (a.dtype !== 'int32') return tf.div(a, b);
  const quotient = tf.floorDiv(a, b);
  const inexact = tf.notEqual(tf.mul(quotient, b), a);
  const negative = tf.less(quotient, tf.scalar(0, 'int32'));
  return tf.add(quotient, tf.cast(tf.logicalAnd(inexact, negative), 'int32'));
}

export const elementwiseKernels: Kernels<ElementwiseOp> = {
  Add: binary((tf, a, b) => tf.add(a, b)),
  Sub: binary((tf, a, b) => tf.sub(a, b)),
  Mul: binary((tf, a, b) => tf.mul(a, b)),
  Div: binary(divided),
  Pow: binary((tf, a, b) => tf.pow(a, b)),
  Min: binary((tf, a, b) => tf.minimum(a, b)),
  Max: binary((tf, a, b) => tf.maximum(a, b)),
  Equal: binary((tf, a, b) => tf.equal(a, b)),
  Less: binary((tf, a, b) => tf.less(a, b)),
  GreaterOrEqual: binary((tf, a, b) => tf.greaterEqual(a, b)),
  And: binary((tf, a, b) => tf.logicalAnd(a, b)),
  Sqrt: unary((tf, x) => tf.sqrt(x)),
  Exp: unary((tf, x) => tf.exp(x)),
  Log: unary((tf, x) => tf.log(x)),
  Neg: unary((tf, x) => tf.neg(x)),
  Abs: unary((tf, x) => tf.abs(x)),
  Sigmoid: unary((tf, x) => tf.sigmoid(x)),
  Tanh: unary((tf, x) => tf.tanh(x)),
  Reciprocal: unary((tf, x) => tf.reciprocal(x)),
  Not: unary((tf, x) => tf.logicalNot(x)),
  Identity: unary((tf, x) => tf.clone(x)),
  Where: (tf, operands) => {
    const [condition, a, b] = [operands.tensor(0), operands.tensor(1), operands.tensor(2)];
    const shape = [a.shape, b.shape].reduce<readonly (number | string)[]>(
      (all, more) => broadcast(all, more) ?? all,
      condition.shape,
    ) as number[];
    // The library broadcasts to no shape without elements.
    return shape.includes(0) ? tf.zeros(shape, a.dtype) : tf.where(condition, a, b);
  },
  Cast: (tf, operands, { to }) => {
    const x = operands.tensor(0);
    const dtype = nativeType(to, 'a result of Cast');
    return x.dtype === dtype ? tf.clone(x) : tf.cast(x, dtype);
  },
};
