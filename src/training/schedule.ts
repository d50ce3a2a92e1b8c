import { ops, type GraphBuilder, type Value } from '../graph/index';

/* Scalars of a step, computed in its graph: a session serves any number of steps. */

/** Where the training is; all float32 scalars and inputs of the graph. */
export interface Progress {
  /** The step that is made: 1 for the first. */
  readonly step: Value;
  /** Share of the peak rates at this step. */
  readonly share: Value;
}

/** (1 + cos πx)/2 for x in [0, 1]: the square of cos πx/2, by its series, as graphs have no cosine. Error below 1e-8. */
function halfCosine(x: Value): Value {
  const square = ops.mul(ops.mul(x, x), (Math.PI / 2) ** 2);
  let cosine: Value | number = 1;
  for (const n of [14, 12, 10, 8, 6, 4, 2]) cosine = ops.sub(1, ops.mul(ops.mul(square, 1 / (n * (n - 1))), cosine));
  return ops.mul(cosine, cosine);
}

/**
 * Rising in a line to 1 at step `warmupSteps`, then falling as half a cosine to 0 at `totalSteps` and 0 after it.
 * Inputs: `step`, `warmupSteps` < `totalSteps`.
 */
export function progressInputs(builder: GraphBuilder): Progress {
  const step = builder.input('step', 'float32', []);
  const warmup = builder.input('warmupSteps', 'float32', []);
  const total = builder.input('totalSteps', 'float32', []);
  const rising = ops.div(step, ops.max(warmup, 1));
  const done = ops.div(ops.sub(step, warmup), ops.sub(total, warmup));
  const falling = halfCosine(ops.min(ops.max(done, 0), 1));
  return { step, share: ops.where(ops.less(warmup, step), falling, rising) };
}
