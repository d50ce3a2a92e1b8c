import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { GraphBuilder, GraphError, nn, ops, type Graph } from '../../../src/graph';

function example(): Graph {
  const builder = new GraphBuilder('example');
  const x = builder.input('x', 'float32', ['T', 64]);
  const w = builder.weight('w', 'float32', [64, 8]);
  builder.output('p', ops.logSoftmax(ops.matmul(nn.rmsNorm(x, builder.weight('g', 'float32', [64]), 1e-5), w)));
  return builder.build();
}

describe('a graph', () => {
  it('is plain data that can be walked from outputs to inputs', () => {
    const graph = example();
    expect(structuredClone(graph)).toEqual(graph);
    const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
    const leaves = new Set<string>();
    const visit = (name: string): void => {
      const node = producers.get(name);
      if (node === undefined) leaves.add(name);
      else node.inputs.forEach(visit);
    };
    visit('p');
    const given = [...graph.inputs, ...graph.weights, ...graph.constants].map(({ name }) => name);
    expect([...leaves].sort()).toEqual(given.sort());
  });

  it('lists nodes in an order in which they can be computed, and knows every value', () => {
    const graph = example();
    const ready = new Set([...graph.inputs, ...graph.weights, ...graph.constants].map(({ name }) => name));
    for (const node of graph.nodes) {
      for (const input of node.inputs) expect(ready).toContain(input);
      for (const output of node.outputs) ready.add(output);
    }
    expect([...graph.values.keys()].sort()).toEqual([...ready].sort());
  });

  it('is built of operations that a gradient can be taken of, each', () => {
    const logSoftmax = ['ReduceMax', 'Sub', 'Exp', 'ReduceSum', 'Log', 'Sub'];
    const operations = example().nodes.map((node) => node.op);
    expect(operations).toEqual(
      expect.arrayContaining(['SimplifiedLayerNormalization', 'MatMul', ...logSoftmax, 'Identity']),
    );
    expect(example().nodes).toHaveLength(9);
  });

  it('is built without loading the run-time', () => {
    example();
    const modules = Object.keys(createRequire(import.meta.url).cache);
    expect(modules.filter((path) => path.includes('onnxruntime-node'))).toEqual([]);
  });
});

describe('a builder', () => {
  it('gives a weight asked for twice once, and refuses another shape of it', () => {
    const builder = new GraphBuilder('shared');
    const first = builder.weight('w', 'float32', [4, 2]);
    expect(builder.weight('w', 'float32', [4, 2])).toEqual(first);
    expect(() => builder.weight('w', 'float32', [2, 4])).toThrow(
      'Weight w is float32 [4, 2] and cannot also be float32 [2, 4].',
    );
    builder.output('y', ops.matmul(builder.input('x', 'float32', ['T', 4]), first));
    expect(builder.build().weights).toHaveLength(1);
  });

  it('keeps clear of names that are taken', () => {
    const builder = new GraphBuilder('names');
    const x = builder.input('Add_0', 'float32', [2]);
    expect(ops.add(x, x).name).not.toBe('Add_0');
  });

  it.each<[string, (builder: GraphBuilder) => unknown]>([
    ['Graph b has two values named x.', (b) => b.input('x', 'float32', [3])],
    ['Graph b has two values named x.', (b) => b.output('x', b.scalar('float32', 1))],
    ['A value needs a name.', (b) => b.input('', 'float32', [3])],
    ['y: -1 is no size, in [-1, 2].', (b) => b.input('y', 'float32', [-1, 2])],
    ['y: 1.5 is no size, in [1.5].', (b) => b.input('y', 'float32', [1.5])],
    ['A constant [2, 2] needs 4 values, not 3.', (b) => b.constant('float32', new Float32Array(3), [2, 2])],
    ['Graph b has no output.', (b) => b.build()],
  ])('says: %s', (message, act) => {
    const builder = new GraphBuilder('b');
    builder.input('x', 'float32', [2]);
    expect(() => act(builder)).toThrow(new GraphError(message));
  });
});
