import type { GraphBuilder, Value } from '../graph';
import type { GraphNode, Op } from '../node';
import { describe, GraphError } from '../types';
import { isFloat, plus, sameShape, zeros } from './arrange';
import { computedAgain, regionOf, type Region } from './checkpoint';
import { customOf } from './custom';
import type { Back, Step } from './rule';
import { RULES } from './rules';

/**
 * Reverse-mode differentiation: adds the computation of d loss / d each of `wrt` to the graph.
 * Only what lies between `wrt` and the loss is walked, and only gradients on the way to `wrt` are built.
 * @param loss float32 scalar
 * @param wrt floats; inputs, weights or values that were computed
 * @returns values in the shapes of `wrt`, zeros where the loss does not depend on one
 * @throws {GraphError} where a size on the way is not a number, or an operation is quantised
 */
export function gradients(loss: Value, wrt: readonly Value[]): Value[] {
  const { builder } = loss;
  if (loss.dtype !== 'float32' || loss.shape.length > 0) {
    throw new GraphError(`A loss must be a float32 scalar, and ${loss.name} is ${describe(loss)}.`);
  }
  for (const value of wrt) {
    if (value.builder !== builder) throw new GraphError(`${value.name} belongs to another graph than the loss.`);
    if (!isFloat(value.dtype)) throw new GraphError(`${value.name}, ${describe(value)}, has no gradient: no floats.`);
  }
  const tape = [...builder.operations];
  const onTheWay = reachedFrom(wrt, tape, builder);
  const sums = new Map<string, Value>([[loss.name, builder.scalar('float32', 1)]]);
  const checkpoints = new Checkpoints(builder, new Set(wrt.map((value) => value.name)));
  for (const [at, node] of [...tape.entries()].reverse()) {
    const reached = node.outputs.find((name) => onTheWay.has(name) && sums.has(name));
    if (reached === undefined) continue;
    const standIn = checkpoints.standInsFor(at, sums.get(reached)!);
    for (const [name, back] of backsOf(node, builder, sums, standIn)) {
      if (!onTheWay.has(name)) continue;
      const gradient = back();
      const target = builder.value(name);
      if (!sameShape(gradient.shape, target.shape) || gradient.dtype !== target.dtype) {
        throw new GraphError(`The rule of ${node.op} made ${describe(gradient)} the gradient of ${describe(target)}.`);
      }
      const known = sums.get(name);
      sums.set(name, known === undefined ? gradient : plus(known, gradient));
    }
  }
  return wrt.map((value) => sums.get(value.name) ?? zeros(value));
}

/** Names of the values that depend on `wrt` in a way gradients can follow, and of `wrt` themselves. */
function reachedFrom(wrt: readonly Value[], tape: readonly GraphNode[], builder: GraphBuilder): ReadonlySet<string> {
  const reached = new Set(wrt.map((value) => value.name));
  for (const node of tape) {
    for (const name of node.outputs) {
      const operands = customOf(builder, name)?.operands ?? node.inputs;
      if (isFloat(builder.value(name).dtype) && operands.some((operand) => reached.has(operand))) reached.add(name);
    }
  }
  return reached;
}

/** Names of the values that rules read, where they are not those of the forward pass. */
type StandIn = (name: string) => string;

/** Computes checkpoints again as the walk comes to them. */
class Checkpoints {
  private readonly done = new Map<Region, ReadonlyMap<string, string>>();

  constructor(
    private readonly builder: GraphBuilder,
    private readonly parameters: ReadonlySet<string>,
  ) {}

  standInsFor(at: number, gradient: Value): StandIn {
    const region = regionOf(this.builder, at);
    if (region === undefined) return (name) => name;
    const again = this.done.get(region) ?? computedAgain(this.builder, region, gradient, this.parameters);
    this.done.set(region, again);
    return (name) => again.get(name) ?? name;
  }
}

/** Operands of a node by name, with what builds their part of the gradient. */
function backsOf(
  node: GraphNode,
  builder: GraphBuilder,
  sums: ReadonlyMap<string, Value>,
  standIn: StandIn,
): [string, Back][] {
  const gradients = node.outputs.map((name) => sums.get(name));
  const known = (names: readonly string[]): Value[] =>
    names.filter((name) => name !== '').map((name) => builder.value(standIn(name)));
  const custom = customOf(builder, node.outputs[0]!);
  const inputs = known(custom?.operands ?? node.inputs);
  const outputs = known(node.outputs);
  const symbolic = [...inputs, ...outputs].find((value) => value.shape.some((dim) => typeof dim === 'string'));
  if (symbolic !== undefined) {
    throw new GraphError(
      `${node.op}(${inputs.map(describe).join(', ')}): gradients need sizes that are numbers, and ` +
        `${symbolic.name} is ${describe(symbolic)}. Build the graph with the sizes it is trained at.`,
    );
  }
  if (custom !== undefined) {
    const results = custom.rule(gradients[0]!, inputs);
    return paired(
      custom.operands,
      results.map((gradient) => gradient && (() => gradient)),
    );
  }
  const { op, attributes } = node;
  // The step's parts belong to one node, which the compiler cannot see through the union.
  const step = { op, attributes, inputs, outputs, gradient: gradients[0]!, gradients } as Step<Op>;
  return paired(node.inputs, walk(step));
}

function walk<O extends Op>(step: Step<O>): readonly (Back | undefined)[] {
  return RULES[step.op](step);
}

function paired(names: readonly string[], backs: readonly (Back | undefined)[]): [string, Back][] {
  return names.flatMap((name, i) => (backs[i] === undefined ? [] : [[name, backs[i]] as [string, Back]]));
}
