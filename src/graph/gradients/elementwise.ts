import type { Value } from '../graph';
import * as ops from '../ops';
import { isFloat, numbersOf, over, scalarLike, scaled, times, unbroadcast, zeros } from './arrange';
import { stop, type Back, type Rules } from './rule';

type ElementwiseOp =
  | 'Add' | 'Sub' | 'Mul' | 'Div' | 'Pow' | 'Min' | 'Max'
  | 'Sqrt' | 'Exp' | 'Log' | 'Neg' | 'Abs' | 'Sigmoid' | 'Tanh' | 'Reciprocal' | 'Identity'
  | 'Equal' | 'Less' | 'GreaterOrEqual' | 'And' | 'Not' | 'Where' | 'Cast'; // prettier-ignore

/** The gradient where `condition` holds and 0 elsewhere, in the operand's shape. */
const chosen = (condition: Value, gradient: Value, operand: Value): Value =>
  unbroadcast(ops.where(condition, gradient, zeros(gradient, [])), operand.shape);

/** The gradient where it does not hold. */
const otherwise = (condition: Value, gradient: Value, operand: Value): Value =>
  unbroadcast(ops.where(condition, zeros(gradient, []), gradient), operand.shape);

/** d xᵖ/dx for a p that is known. */
function powerBack(x: Value, exponent: number, gradient: Value): Value {
  if (exponent === 1) return gradient;
  // Not 0 · x⁻¹, which is NaN at 0.
  if (exponent === 0) return zeros(gradient);
  const power = exponent === 2 ? x : ops.pow(x, scalarLike(x, exponent - 1));
  return times(scaled(gradient, exponent), power);
}

/**
 * Where Min or Max have equal operands the first one gets the gradient; Abs has none at 0. Broadcast operands get the sum over what they
 * were repeated for.
 */
export const elementwiseRules: Rules<ElementwiseOp> = {
  Add: ({ inputs: [a, b], gradient: g }) => [() => unbroadcast(g, a!.shape), () => unbroadcast(g, b!.shape)],
  Sub: ({ inputs: [a, b], gradient: g }) => [() => unbroadcast(g, a!.shape), () => ops.neg(unbroadcast(g, b!.shape))],
  Mul: ({ inputs: [a, b], gradient: g }) => [
    () => unbroadcast(times(g, b!), a!.shape),
    () => unbroadcast(times(g, a!), b!.shape),
  ],
  Div: ({ inputs: [a, b], outputs: [y], gradient: g }) => [
    () => unbroadcast(over(g, b!), a!.shape),
    // b is the same wherever it was repeated, so the sum comes first.
    () => ops.neg(ops.div(unbroadcast(times(g, y!), b!.shape), b!)),
  ],
  Pow: ({ inputs: [x, p], outputs: [y], gradient: g }) => {
    const exponents = numbersOf(p!);
    const single = exponents?.length === 1 ? exponents[0] : undefined;
    const toX: Back = () =>
      single !== undefined
        ? powerBack(x!, single, g)
        : times(g, ops.mul(p!, ops.pow(x!, ops.sub(p!, scalarLike(p!, 1)))));
    return [() => unbroadcast(toX(), x!.shape), () => unbroadcast(times(times(g, y!), ops.log(x!)), p!.shape)];
  },
  Min: ({ inputs: [a, b], gradient: g }) => [
    () => otherwise(ops.less(b!, a!), g, a!),
    () => chosen(ops.less(b!, a!), g, b!),
  ],
  Max: ({ inputs: [a, b], gradient: g }) => [
    () => otherwise(ops.less(a!, b!), g, a!),
    () => chosen(ops.less(a!, b!), g, b!),
  ],
  Sqrt: ({ outputs: [y], gradient: g }) => [() => over(scaled(g, 0.5), y!)],
  Exp: ({ outputs: [y], gradient: g }) => [() => times(g, y!)],
  Log: ({ inputs: [x], gradient: g }) => [() => over(g, x!)],
  Neg: ({ gradient: g }) => [() => ops.neg(g)],
  Abs: ({ inputs: [x], gradient: g }) => [
    () => {
      const zero = scalarLike(x!, 0);
      const sign = ops.sub(ops.cast(ops.less(zero, x!), x!.dtype), ops.cast(ops.less(x!, zero), x!.dtype));
      return times(g, sign);
    },
  ],
  Sigmoid: ({ outputs: [y], gradient: g }) => [() => times(g, ops.mul(y!, ops.sub(scalarLike(y!, 1), y!)))],
  Tanh: ({ outputs: [y], gradient: g }) => [() => times(g, ops.sub(scalarLike(y!, 1), ops.mul(y!, y!)))],
  Reciprocal: ({ outputs: [y], gradient: g }) => [() => ops.neg(times(g, ops.mul(y!, y!)))],
  Identity: ({ gradient: g }) => [() => g],
  Where: ({ inputs: [condition, a, b], gradient: g }) => [
    undefined,
    () => chosen(condition!, g, a!),
    () => otherwise(condition!, g, b!),
  ],
  Cast: ({ inputs: [x], gradient: g }) => [isFloat(x!.dtype) ? () => ops.cast(g, x!.dtype) : undefined],
  Equal: stop,
  Less: stop,
  GreaterOrEqual: stop,
  And: stop,
  Not: stop,
};
