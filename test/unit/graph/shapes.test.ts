import fc from 'fast-check';
import { expect, it } from 'vitest';
import { evaluate } from '../../../src/graph/dims';
import { GraphBuilder, GraphError, ops, tensor, type CpuTensor, type Value } from '../../../src/graph';
import { noise, runtime } from './support';

const SIZES = new Map([
  ['T', 3],
  ['S', 5],
  ['U', 1],
]);
const INPUTS = [['T', 4], ['S', 4], [2, 'T', 4], ['U', 6], [4, 2], ['T', 'S'], []] as const;

/** An operation on one or two values that are picked by number, as is everything else it needs. */
type Step = (a: Value, b: Value, n: number) => Value | readonly Value[];

const axis = (x: Value, n: number): number => (x.shape.length === 0 ? 0 : n % x.shape.length);
const STEPS: readonly Step[] = [
  (a, b) => ops.add(a, b),
  (a, b) => ops.where(ops.less(a, b), a, 0),
  (a) => ops.mul(ops.sigmoid(a), 2),
  (a, b) => ops.matmul(a, b),
  (a, b, n) => ops.gemm(a, b, undefined, { transA: n % 2 > 0, transB: n % 4 > 1 }),
  (a, _, n) => ops.reduceSum(a, [axis(a, n)], n % 2 > 0),
  (a, _, n) => ops.softmax(a, axis(a, n)),
  (a, _, n) => ops.logSoftmax(a, axis(a, n)),
  (a, _, n) => ops.cast(ops.argMax(a, axis(a, n), n % 2 > 0), 'float32'),
  (a, _, n) =>
    ops.transpose(
      a,
      a.shape.map((__, i) => (i + n) % a.shape.length),
    ),
  (a, _, n) => ops.reshape(a, n % 2 > 0 ? [-1] : [2, -1]),
  (a, _, n) => ops.reshape(a, n % 2 > 0 ? ['T', -1] : [0, 2, -1]),
  (a, b, n) => ops.concat([a, b], axis(a, n)),
  (a, b, n) => ops.splitLike(ops.concat([a, b], axis(a, n)), [a, b], axis(a, n)),
  (a, _, n) => ops.split(a, [1, 3], axis(a, n)),
  (a, _, n) => ops.slice(a, axis(a, n), n % 3 === 0 ? -1 : 1),
  (a, _, n) => ops.unsqueeze(a, [n % 2, -1]),
  (a, _, n) => ops.squeeze(a, [axis(a, n)]),
  (a) => ops.expand(a, [2, 3, 4]),
  (a, b, n) => ops.gather(a, ops.cast(ops.less(b, -2), 'int32'), axis(a, n)),
  (a) => ops.cast(ops.shapeOf(a), 'float32'),
  (a, _, n) => {
    const { builder } = a;
    const size = a.shape.at(axis(a, n))!;
    const counted = ops.range(builder.scalar('int64', 0), ops.dimOf(a, axis(a, n)), builder.scalar('int64', 1), size);
    return ops.cast(counted, 'float32');
  },
];

const programs = fc.array(fc.tuple(fc.nat(STEPS.length - 1), fc.nat(), fc.nat(), fc.nat(11)), {
  minLength: 4,
  maxLength: 16,
});

it('the shape that is inferred is the shape at run time, whatever is composed', async () => {
  const reached = new Set<string>();
  const check = async (program: readonly (readonly [number, number, number, number])[]): Promise<void> => {
    const builder = new GraphBuilder('composed');
    const feeds: Record<string, CpuTensor> = {};
    const values = INPUTS.map((shape, i) => {
      const dims = shape.map((dim) => evaluate(dim, SIZES)!);
      const count = dims.reduce((a, b) => a * b, 1);
      feeds[`x${i}`] = tensor('float32', noise(count, i + 1), dims);
      return builder.input(`x${i}`, 'float32', shape);
    });
    for (const [step, i, j, n] of program) {
      try {
        const made = STEPS[step]!(values[i % values.length]!, values[j % values.length]!, n);
        values.push(...('builder' in made ? [made] : made));
      } catch (error) {
        // What cannot be computed is refused while the graph is built, by an error that names the operation.
        expect(error).toBeInstanceOf(GraphError);
      }
    }
    const made = values.slice(INPUTS.length);
    if (made.length === 0) return;
    made.forEach((value, i) => builder.output(`y${i}`, value));
    const graph = builder.build();
    for (const node of graph.nodes) reached.add(node.op);
    const session = await runtime.createSession(graph, { threads: 1 });
    const outputs = await session.run(feeds);
    await session.dispose();
    made.forEach((value, i) => {
      const result = outputs.get(`y${i}`)!;
      expect(result.dtype).toBe(value.dtype);
      expect(result.dims).toEqual(value.shape.map((dim) => evaluate(dim, SIZES)));
    });
  };
  await fc.assert(fc.asyncProperty(programs, check), { numRuns: 150, seed: 20 });
  // The programs must not be refused so often that an operation goes untried.
  expect([...reached].sort()).toEqual(
    [
      ...['Add', 'ArgMax', 'Cast', 'Concat', 'Exp', 'Expand', 'Gather', 'Gemm', 'Identity', 'Less', 'Log', 'MatMul'],
      ...['Mul', 'Range', 'ReduceMax', 'ReduceSum', 'Reshape', 'Shape', 'Sigmoid', 'Slice', 'Softmax', 'Split'],
      ...['Squeeze', 'Sub', 'Transpose', 'Unsqueeze', 'Where'],
    ].sort(),
  );
});
