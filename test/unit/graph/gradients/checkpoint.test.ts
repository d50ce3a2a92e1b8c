import { describe, expect, it } from 'vitest';
import { checkpointed, gradients, GraphBuilder, nn, ops, tensor, type Value } from '../../../../src/graph';
import { floatTensor, noise } from '../support';
import { evaluated, projected, type Inputs } from './support';

const [rows, width, layers] = [5, 4, 3];
const feeds = {
  x: floatTensor(noise(rows * width, 1), [rows, width]),
  embedding: floatTensor(noise(7 * width, 2), [7, width]),
  tokens: tensor('int32', Int32Array.of(1, 6, 2, 2, 0), [rows]),
  targets: tensor('int32', Int32Array.of(3, 0, 1, 6, 2), [rows]),
  ...Object.fromEntries(
    Array.from({ length: layers }, (_, i) => [`w${i}`, floatTensor(noise(width * width, 3 + i), [width, width])]),
  ),
};
const PARAMETERS = ['embedding', 'w0', 'w1', 'w2'];

const layer = (x: Value, weight: Value): Value => {
  const mask = nn.causalMask(x, 0);
  const scores = ops.softmax(ops.add(ops.matmul(x, ops.transpose(x, [1, 0])), mask));
  return ops.add(x, ops.tanh(ops.matmul(ops.matmul(scores, x), weight)));
};

type Keep = (builder: GraphBuilder, body: () => Value) => Value;
const plain: Keep = (_, body) => body();

function lossOf(inputs: Inputs, builder: GraphBuilder, keep: Keep): Value {
  let x = ops.add(ops.gather(inputs.embedding!, inputs.tokens!), inputs.x!);
  for (let i = 0; i < layers; i++) {
    const before = x;
    x = keep(builder, () => layer(before, inputs[`w${i}`]!));
  }
  return keep(builder, () =>
    ops.reduceSum(nn.negativeLogLikelihood(nn.linear(x, inputs.embedding!), inputs.targets!), [0], false),
  );
}

const differentiated = (keep: Keep) =>
  evaluated(feeds, (inputs, builder) => {
    const loss = lossOf(inputs, builder, keep);
    const found = gradients(
      loss,
      PARAMETERS.map((name) => inputs[name]!),
    );
    return { loss, ...Object.fromEntries(PARAMETERS.map((name, i) => [`d ${name}`, found[i]!])) };
  });

describe('checkpointed', () => {
  it('changes nothing in the results, bit for bit', async () => {
    const [kept, again] = [await differentiated(plain), await differentiated(checkpointed)];
    expect(again).toEqual(kept);
  });

  it('may stand in another one', async () => {
    const nested: Keep = (builder, body) => checkpointed(builder, () => checkpointed(builder, body));
    expect(await differentiated(nested)).toEqual(await differentiated(plain));
  });

  it('keeps none of its inner values for the way back, and computes them again only when the gradient is there', () => {
    const builder = new GraphBuilder('checkpoints');
    const inputs = Object.fromEntries(
      Object.entries(feeds).map(([name, { dtype, dims }]) => [name, builder.input(name, dtype, dims)]),
    );
    const spans: { first: number; last: number; result: string }[] = [];
    const loss = lossOf(inputs, builder, (_, body) => {
      const first = builder.operations.length;
      const result = checkpointed(builder, body);
      spans.push({ first, last: builder.operations.length - 1, result: result.name });
      return result;
    });
    const forward = builder.operations.length;
    gradients(
      loss,
      PARAMETERS.map((name) => inputs[name]!),
    ).forEach((value, i) => builder.output(`g${i}`, value));

    const all = builder.operations;
    for (const { first, last, result } of spans) {
      const inner = new Set(all.slice(first, last + 1).flatMap((node) => node.outputs));
      inner.delete(result);
      const readers = all.slice(last + 1).filter((node) => node.inputs.some((name) => inner.has(name)));
      for (const reader of readers) {
        const read = reader.inputs.filter((name) => inner.has(name)).map((name) => builder.value(name));
        // Only the mask and the places of targets: they do not depend on anything that was tied to the gradient.
        const cheap = read.every((value) => value.dtype === 'int64' || builder.producerOf(value)!.op === 'Where');
        expect(cheap, `${reader.op} reads ${read.map((value) => value.name).join()}`).toBe(true);
      }
    }
    // Four bodies, each with its softmax computed once more.
    const used = new Set(builder.build().nodes);
    const again = all.slice(forward).filter((node) => node.op === 'Softmax' && used.has(node));
    expect(again).toHaveLength(spans.length);
    expect(all.slice(forward).filter((node) => node.op === 'Tanh' && used.has(node))).toHaveLength(layers);
  });

  it('works for what reads nothing but inputs', async () => {
    const build = (keep: Keep) =>
      evaluated(feeds, ({ x, w0 }, builder) => {
        const loss = keep(builder, () => projected(ops.tanh(ops.matmul(x!, w0!))));
        return { g: gradients(loss, [w0!])[0]! };
      });
    expect(await build(checkpointed)).toEqual(await build(plain));
  });

  it('is left in order when the body fails', () => {
    const builder = new GraphBuilder('failure');
    const x = builder.input('x', 'float32', [2]);
    const w = builder.input('w', 'float32', [2]);
    expect(() => checkpointed(builder, () => ops.reshape(x, [3]))).toThrow('Reshape');
    const loss = checkpointed(builder, () => ops.reduceSum(ops.mul(ops.exp(x), w), [0], false));
    gradients(loss, [w]);
    expect(builder.operations.filter((node) => node.op === 'Exp')).toHaveLength(2);
  });
});
