import { describe, expect, it } from 'vitest';
import { gradients, GraphBuilder, ops, stopGradient, type GraphNode, type Value } from '../../../src/graph';
import { onnxNodes } from '../../../src/graph/onnxOrder';
import { compute, floatTensor, listed } from './support';

/** The order in which onnxruntime computes nodes: depth first from those that nothing reads, of several the last in the file first. */
function computed(nodes: readonly GraphNode[]): GraphNode[] {
  const producer = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node])));
  const read = new Set(nodes.flatMap((node) => node.inputs));
  const place = new Map(nodes.map((node, i) => [node, i]));
  const order: GraphNode[] = [];
  const visit = (node: GraphNode): void => {
    if (order.includes(node)) return;
    const inputs = node.inputs.flatMap((name) => producer.get(name) ?? []);
    for (const input of inputs.sort((a, b) => place.get(b)! - place.get(a)!)) visit(input);
    order.push(node);
  };
  for (const node of nodes.toReversed()) if (!node.outputs.some((name) => read.has(name))) visit(node);
  return order;
}

/** Most values alive at once, those of rank 2. */
function mostAlive(order: readonly GraphNode[], builder: GraphBuilder): number {
  const lastRead = new Map(order.flatMap((node, at) => node.inputs.map((name) => [name, at] as const)));
  const alive = new Set<string>();
  let most = 0;
  for (const [at, node] of order.entries()) {
    for (const name of node.outputs) if (builder.value(name).shape.length === 2 && lastRead.has(name)) alive.add(name);
    most = Math.max(most, alive.size);
    for (const name of alive) if (lastRead.get(name) === at) alive.delete(name);
  }
  return most;
}

describe('the order of nodes for onnxruntime', () => {
  const builder = new GraphBuilder('layers');
  const count = 8;
  const weights = Array.from({ length: count }, (_, i) => builder.input(`w${i}`, 'float32', [4, 4]));
  const x = builder.input('x', 'float32', [3, 4]);
  const last = weights.reduce<Value>((rows, weight) => ops.exp(ops.gemm(rows, weight)), x);
  const loss = ops.reduceSum(last, [0, 1], false);
  builder.output('loss', loss);
  gradients(loss, weights).forEach((gradient, i) => builder.output(`g${i}`, gradient));
  const graph = builder.build();

  it('has gradients of weights computed as soon as they can be', () => {
    const nodes = onnxNodes(graph);
    const order = computed(nodes);
    expect(order).toHaveLength(nodes.length);
    const ready = order.flatMap((node) => (node.outputs[0]!.startsWith('g') ? [node.outputs[0]!] : []));
    expect(ready).toEqual(Array.from({ length: count }, (_, i) => `g${count - 1 - i}`));
    // Each layer keeps what Exp gave; beyond that there are a gradient or two, and no more for more layers.
    expect(mostAlive(order, builder)).toBeLessThanOrEqual(count + 2);
    // As built, the search would come to them when all layers are behind it.
    const asBuilt = graph.nodes.filter((node) => node.op !== 'Identity');
    expect(mostAlive(computed(asBuilt), builder)).toBeGreaterThan(count + 4);
  });

  it('is one in which nodes can be computed', () => {
    const known = new Set([...graph.inputs, ...graph.weights, ...graph.constants].map((value) => value.name));
    for (const node of onnxNodes(graph)) {
      expect(node.inputs.filter((name) => !known.has(name))).toEqual([]);
      for (const name of node.outputs) known.add(name);
    }
    expect(graph.outputs.filter((output) => !known.has(output.name))).toEqual([]);
  });

  it('has outputs computed under their own names, where they are computed at all', async () => {
    const own = new GraphBuilder('outputs');
    const input = own.input('input', 'float32', [2]);
    const sum = ops.add(input, 1);
    own.output('input again', input);
    own.output('sum', sum);
    own.output('sum again', sum);
    own.output('used', ops.exp(sum));
    expect(onnxNodes(own.build()).map(({ op, inputs, outputs }) => [op, inputs[0], outputs[0]])).toEqual([
      ['Add', 'input', 'sum'],
      ['Exp', 'sum', 'used'],
      ['Identity', 'sum', 'sum again'],
      ['Identity', 'input', 'input again'],
    ]);
    const results = await compute({ input: floatTensor([1, 2], [2]) }, ({ input }) => {
      const value = ops.add(input!, 1);
      return [input!, value, value, ops.mul(value, 2)];
    });
    expect(results.map(listed)).toEqual([[1, 2], [2, 3], [2, 3], [4, 6]]); // prettier-ignore
  });

  it('copies nothing within the graph', () => {
    const own = new GraphBuilder('copies');
    const input = own.input('input', 'float32', [2]);
    const twice = stopGradient(stopGradient(input));
    own.output('sum', ops.add(twice, stopGradient(ops.exp(twice))));
    own.output('copy', twice);
    expect(onnxNodes(own.build()).map(({ op, inputs, outputs }) => [op, inputs[0], outputs[0]])).toEqual([
      ['Exp', 'input', expect.stringContaining('Exp')],
      ['Identity', 'input', 'copy'],
      ['Add', 'input', 'sum'],
    ]);
  });
});
