import type { Value } from '../graph';
import * as ops from '../ops';
import { unbroadcast } from './arrange';

/**
 * d loss / d x and d loss / d weight of x / √(mean(x²) + epsilon) · weight over the last axis; needs nothing of what came between.
 * @param weight broadcasts to x
 */
export function normGradients(gradient: Value, x: Value, weight: Value, epsilon: number): [Value, Value] {
  const inverse = ops.reciprocal(ops.sqrt(ops.add(ops.reduceMean(ops.mul(x, x), [-1]), epsilon)));
  const unit = ops.mul(x, inverse);
  const toUnit = ops.mul(gradient, weight);
  const along = ops.mul(unit, ops.reduceMean(ops.mul(toUnit, unit), [-1]));
  return [ops.mul(ops.sub(toUnit, along), inverse), unbroadcast(ops.mul(gradient, unit), weight.shape)];
}
