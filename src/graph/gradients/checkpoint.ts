import type { GraphBuilder, Value } from '../graph';
import type { GraphNode, Op } from '../node';
import * as ops from '../ops';

/** Operations start … end − 1 of a builder. */
export interface Region {
  readonly start: number;
  readonly end: number;
}

const regions = new WeakMap<GraphBuilder, Region[]>();
const open = new WeakSet<GraphBuilder>();

/**
 * Runs `body` so that its inner values are computed again in the backward pass instead of being kept (gradient checkpointing, Chen et al.,
 * arXiv 1604.06174). What stays in memory is what the body reads from outside. A checkpoint in a checkpoint is part of it.
 */
export function checkpointed(builder: GraphBuilder, body: () => Value): Value {
  if (open.has(builder)) return body();
  const start = builder.operations.length;
  open.add(builder);
  try {
    return body();
  } finally {
    open.delete(builder);
    const known = regions.get(builder) ?? [];
    regions.set(builder, [...known, { start, end: builder.operations.length }]);
  }
}

/** The checkpoint that operation `at` is in. */
export function regionOf(builder: GraphBuilder, at: number): Region | undefined {
  return regions.get(builder)?.find(({ start, end }) => start <= at && at < end);
}

/**
 * Adds a region's operations once more, for rules to read in place of the first ones.
 *
 * What they read from outside is tied to the gradient that has arrived at the region's end. Without that tie a run-time would undo the
 * checkpoint: onnxruntime merges operations that are equal (CommonSubexpressionElimination,
 * onnxruntime/core/optimizer/common_subexpression_elimination.cc), and it orders them by a depth-first search from the outputs
 * (Graph::ReverseDFSFrom, onnxruntime/core/graph/graph.cc), which may put all that can be computed again before the first gradient.
 * @param parameters what the region may read without a tie: it is there all the time
 * @returns by name of an operation's result, the name of what stands for it
 */
export function computedAgain(
  builder: GraphBuilder,
  { start, end }: Region,
  gradient: Value,
  parameters: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const nodes = builder.operations.slice(start, end);
  const again = tied(builder, nodes, gradient, parameters);
  for (const node of nodes) {
    // What depends on nothing that changes, such as a mask, is not worth its time.
    if (!node.inputs.some((name) => again.has(name))) continue;
    const inputs = node.inputs.map((name) => (name === '' ? undefined : builder.value(again.get(name) ?? name)));
    const results = node.outputs.map((name) => builder.value(name));
    const copies = builder.node<Op>(node.op, inputs, node.attributes, results);
    for (const [i, name] of node.outputs.entries()) again.set(name, copies[i]!.name);
  }
  return again;
}

/** Copies of what `nodes` read from outside that cannot be made before the gradient is known. */
function tied(
  builder: GraphBuilder,
  nodes: readonly GraphNode[],
  gradient: Value,
  parameters: ReadonlySet<string>,
): Map<string, string> {
  const inside = new Set(nodes.flatMap((node) => node.outputs));
  const read = new Set(nodes.flatMap((node) => node.inputs).filter((name) => name !== '' && !inside.has(name)));
  const outside = [...read].map((name) => builder.value(name));
  const computed = outside.filter((value) => varies(builder, value) && builder.producerOf(value) !== undefined);
  const given = outside.filter((value) => varies(builder, value) && !parameters.has(value.name));
  const first = ops.slice(ops.reshape(gradient, [-1]), 0, 0, 1);
  const known = ops.equal(first, first);
  // Whether it is a number or not, both branches are the same value.
  return new Map(
    (computed.length > 0 ? computed : given).map((value) => [value.name, ops.where(known, value, value).name]),
  );
}

/** Whether a value is anything but constants and what is computed from them. */
function varies(builder: GraphBuilder, value: Value): boolean {
  const producer = builder.producerOf(value);
  if (producer === undefined) return builder.dataOf(value) === undefined;
  return producer.inputs.some((name) => name !== '' && varies(builder, builder.value(name)));
}
