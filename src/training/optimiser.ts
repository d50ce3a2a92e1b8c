import { ops, type GraphBuilder, type Value } from '../graph/index';
import { progressInputs, type Progress } from './schedule';

/** Parameters with a learning rate of their own. */
export interface ParameterGroup {
  readonly name: string;
  /** Inputs of the graph. */
  readonly parameters: readonly Value[];
  /** d loss / d each of them. */
  readonly gradients: readonly Value[];
}

export interface AdamOptions {
  /** Share by which a matrix shrinks per step, times the rate. Norms and biases do not: what has a single axis longer than 1. */
  readonly weightDecay: number;
  /** Largest norm of all gradients together; longer ones are shortened to it. */
  readonly clip: number;
  /** Default 0.9 and 0.95, usual for language models. */
  readonly beta1?: number;
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** All gradients are taken times this (float32 scalar), such as 1/n for sums of n. */
  readonly scale?: Value;
}

/** What the steps of one group's parameters have in common; float32 scalars. */
interface GroupScalars {
  /** 1 where the group is tuned in this step, else 0. */
  readonly active: Value;
  readonly rate: Value;
  /** 1 − β₁ᵗ and √(1 − β₂ᵗ), t counted from the group's first step. */
  readonly correction1: Value;
  readonly correction2: Value;
}

/**
 * One step of AdamW (Loshchilov & Hutter, arXiv 1711.05101) with clipping by the global norm, as torch.optim.AdamW after
 * clip_grad_norm_, with rates that warm up and fall as a cosine.
 *
 * Inputs that it adds: `step`, `warmupSteps`, `totalSteps` (see schedule); per group `rate.<group>`, the peak rate, and
 * `firstStep.<group>`, the step at which it is first tuned (its moments' bias is corrected from there); per parameter `<parameter>.m`
 * and `.v`, 0 at first. Outputs: `<parameter>.next`, `.m.next`, `.v.next` to be fed in the next step, and `gradientNorm`, before clipping.
 * A group whose rate is 0 keeps its parameters and moments, and does not count in the norm.
 * Where `gradientNorm` is not finite, throw the outputs away and feed the old values again.
 */
export function adamW(groups: readonly ParameterGroup[], options: AdamOptions): void {
  const [first] = groups.flatMap((group) => group.parameters);
  if (first === undefined) throw new RangeError('There is nothing to tune: no group has a parameter.');
  const { builder } = first;
  const progress = progressInputs(builder);
  const scalars = groups.map((group) => scalarsOf(builder, group.name, progress, options));
  const all = groups.flatMap(({ gradients }, i) => gradients.map((value) => ({ value, active: scalars[i]!.active })));
  const raw = ops.sqrt(squaredNorm(builder, all));
  const norm = options.scale === undefined ? raw : ops.mul(raw, options.scale);
  builder.output('gradientNorm', norm);
  // The 1e-6 is clip_grad_norm_'s.
  const clipped = ops.min(ops.div(options.clip, ops.add(norm, 1e-6)), 1);
  const factor = options.scale === undefined ? clipped : ops.mul(clipped, options.scale);
  for (const [i, group] of groups.entries()) {
    const update = updater(builder, scalars[i]!, factor, options);
    for (const [at, parameter] of group.parameters.entries()) update(parameter, group.gradients[at]!);
  }
}

function scalarsOf(
  builder: GraphBuilder,
  group: string,
  { step, share }: Progress,
  options: AdamOptions,
): GroupScalars {
  const { beta1 = 0.9, beta2 = 0.95 } = options;
  const peak = builder.input(`rate.${group}`, 'float32', []);
  const firstStep = builder.input(`firstStep.${group}`, 'float32', []);
  // A group that waits has a first step to come: without the maximum its correction would be a division by 0.
  const made = ops.max(ops.add(ops.sub(step, firstStep), 1), 1);
  const correction = (beta: number): Value => ops.sub(1, ops.pow(builder.scalar('float32', beta), made));
  return {
    active: ops.cast(ops.less(0, peak), 'float32'),
    rate: ops.mul(peak, share),
    correction1: correction(beta1),
    correction2: ops.sqrt(correction(beta2)),
  };
}

/** Σ over all of active · Σ x². */
function squaredNorm(
  builder: GraphBuilder,
  gradients: readonly { readonly value: Value; readonly active: Value }[],
): Value {
  // As the backward pass comes to them: onnxruntime computes what a sum reads in this order (see graph/onnxOrder), and what a gradient was
  // made from can go once it is there.
  const built = new Map(builder.operations.flatMap((node, at) => node.outputs.map((name) => [name, at] as const)));
  const place = ({ value }: { readonly value: Value }): number => built.get(value.name) ?? -1;
  const squares = gradients
    .toSorted((a, b) => place(a) - place(b))
    .map(({ value, active }) => {
      // In two stages: devices sum the rows of a matrix side by side.
      const rows = value.shape.length < 2 ? ops.mul(value, value) : ops.reduceSum(ops.mul(value, value), [-1], false);
      const axes = rows.shape.map((_, axis) => axis);
      return ops.mul(axes.length === 0 ? rows : ops.reduceSum(rows, axes, false), active);
    });
  return squares.reduce((sum, square) => ops.add(sum, square));
}

/** Puts a parameter's next value and moments out. Scalars are joined first: each pass over a parameter costs memory and time. */
function updater(
  builder: GraphBuilder,
  { active, rate, correction1, correction2 }: GroupScalars,
  factor: Value,
  { beta1 = 0.9, beta2 = 0.95, epsilon = 1e-8, weightDecay }: AdamOptions,
): (parameter: Value, gradient: Value) => void {
  const new1 = ops.mul(active, 1 - beta1);
  const new2 = ops.mul(active, 1 - beta2);
  const [kept1, kept2] = [ops.sub(1, new1), ops.sub(1, new2)];
  const [factor1, factor2] = [ops.mul(new1, factor), ops.mul(new2, ops.mul(factor, factor))];
  // rate · (m/c₁) / (√v/c₂ + ε) = (rate·c₂/c₁) · m / (√v + ε·c₂)
  const size = ops.div(ops.mul(rate, correction2), correction1);
  const floor = ops.mul(correction2, epsilon);
  const shrink = ops.sub(1, ops.mul(rate, weightDecay));
  return (parameter, gradient) => {
    const { name, shape } = parameter;
    const m = builder.input(`${name}.m`, 'float32', shape);
    const v = builder.input(`${name}.v`, 'float32', shape);
    const nextM = ops.add(ops.mul(m, kept1), ops.mul(gradient, factor1));
    // Not the square that the norm needed: it would be kept for every parameter until the norm is known.
    const nextV = ops.add(ops.mul(v, kept2), ops.mul(ops.mul(gradient, factor2), gradient));
    const step = ops.mul(ops.div(nextM, ops.add(ops.sqrt(nextV), floor)), size);
    const isMatrix = shape.filter((size) => size !== 1).length >= 2;
    const decayed = isMatrix && weightDecay > 0 ? ops.mul(parameter, shrink) : parameter;
    builder.output(`${name}.next`, ops.sub(decayed, step));
    builder.output(`${name}.m.next`, nextM);
    builder.output(`${name}.v.next`, nextV);
  };
}
