import type { Graph } from '../graph';
import type { GraphNode } from '../node';
import { GraphError } from '../types';

export interface Step {
  readonly node: GraphNode;
  /** Values that nothing reads after this step. */
  readonly frees: readonly string[];
}

/** The part of a graph that some of its outputs need. */
export interface Schedule {
  readonly inputs: readonly string[];
  readonly steps: readonly Step[];
}

/** @throws {GraphError} where a node reads a value that nothing makes */
export function scheduleOf(graph: Graph, wanted: readonly string[]): Schedule {
  const needed = new Set(wanted);
  const keep = new Set(wanted);
  const steps: Step[] = [];
  // Backwards: the first reader that is met is the last one.
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    const ends = [...node.inputs, ...node.outputs].filter((name) => !keep.has(name) && name !== '');
    for (const name of ends) keep.add(name);
    for (const name of node.inputs) needed.add(name);
    steps.push({ node, frees: [...new Set(ends)] });
  }
  const made = [graph.inputs, graph.weights, graph.constants].flat().map(({ name }) => name);
  const known = new Set([...made, ...steps.flatMap(({ node }) => node.outputs), '']);
  const missing = [...needed].find((name) => !known.has(name));
  if (missing !== undefined) throw new GraphError(`Graph ${graph.name} reads ${missing}, which nothing makes.`);
  return {
    inputs: graph.inputs.map(({ name }) => name).filter((name) => needed.has(name)),
    steps: steps.reverse(),
  };
}
