import type { Value } from '../graph';
import * as ops from '../ops';
import { expanded, numbersOf, over, product, reshaped, scaled, times } from './arrange';
import { normGradients } from './norm';
import { stop, type Rules } from './rule';

type ReduceOp = 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'Softmax' | 'SimplifiedLayerNormalization' | 'ArgMax';

/** A reduction's result or gradient with the axes it lost as axes of size 1. */
function kept(reduced: Value, x: Value, axes: Value): Value {
  const list = numbersOf(axes)!;
  return reshaped(
    reduced,
    x.shape.map((size, i) => (list.includes(i) ? 1 : size)),
  );
}

/** The largest element gets the gradient; equal ones share it, as in PyTorch's amax. */
export const reduceRules: Rules<ReduceOp> = {
  ReduceSum: ({ inputs: [x, axes], gradient: g }) => [() => expanded(kept(g, x!, axes!), x!.shape)],
  ReduceMean: ({ inputs: [x, axes], outputs: [y], gradient: g }) => [
    () => expanded(scaled(kept(g, x!, axes!), product(y!.shape) / product(x!.shape)), x!.shape),
  ],
  ReduceMax: ({ inputs: [x, axes], outputs: [y], gradient: g }) => [
    () => {
      const largest = ops.cast(ops.equal(x!, kept(y!, x!, axes!)), x!.dtype);
      return times(over(kept(g, x!, axes!), ops.reduceSum(largest, numbersOf(axes!)!)), largest);
    },
  ],
  Softmax: ({ outputs: [y], attributes: { axis }, gradient: g }) => [
    // In this order both large results can take the place of their first operand.
    () => ops.mul(ops.sub(g, ops.reduceSum(times(g, y!), [axis])), y!),
  ],
  SimplifiedLayerNormalization: ({ inputs: [x, scale], attributes: { epsilon }, gradient: g }) => {
    let both: readonly [Value, Value] | undefined;
    const gradients = (): readonly [Value, Value] => (both ??= normGradients(g, x!, scale!, epsilon));
    return [() => gradients()[0], () => gradients()[1]];
  },
  ArgMax: stop,
};
