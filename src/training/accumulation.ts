import { ops, type GraphBuilder, type Value } from '../graph/index';
import type { ParameterGroup } from './optimiser';

/*
 * Gradients of several runs added up before a step is made, for batches that do not fit in memory at once. One graph adds to the sums, another
 * makes the step.
 */

/**
 * Outputs `sums.<parameter>.next` = input `sums.<parameter>` + gradient, for every parameter: feed zeros first, then what came out.
 */
export function accumulate(groups: readonly ParameterGroup[]): void {
  for (const { parameters, gradients } of groups) {
    for (const [i, { builder, name, shape }] of parameters.entries()) {
      builder.output(`sums.${name}.next`, ops.add(builder.input(`sums.${name}`, 'float32', shape), gradients[i]!));
    }
  }
}

/** A parameter, as far as the graph that makes the step knows it. */
export interface ParameterShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/**
 * The groups of a graph that only makes the step: parameters are inputs, and so are `sums.<parameter>` in place of gradients.
 * Input `runs` (float32 scalar): how many gradients were added up.
 * @returns groups and scale for adamW: the step is that of their mean
 */
export function accumulatedGroups(
  builder: GraphBuilder,
  groups: Readonly<Record<string, readonly ParameterShape[]>>,
): { readonly groups: ParameterGroup[]; readonly scale: Value } {
  const input = ({ name, shape }: ParameterShape, prefix = ''): Value =>
    builder.input(`${prefix}${name}`, 'float32', shape);
  return {
    groups: Object.entries(groups).map(([name, parameters]) => ({
      name,
      parameters: parameters.map((parameter) => input(parameter)),
      gradients: parameters.map((parameter) => input(parameter, 'sums.')),
    })),
    scale: ops.reciprocal(builder.input('runs', 'float32', [])),
  };
}
