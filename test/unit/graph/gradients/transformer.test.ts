import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { gradients, nn, ops, tensor, type GraphBuilder, type Value } from '../../../../src/graph';
import { distance, floatTensor } from '../support';
import { evaluated, type Inputs } from './support';

interface Fixture {
  readonly config: Readonly<Record<'heads' | 'kvHeads' | 'headWidth' | 'layers' | 'epsilon', number>>;
  readonly tokens: readonly number[];
  readonly targets: readonly number[];
  readonly weights: readonly number[];
  readonly cos: readonly number[];
  readonly sin: readonly number[];
  readonly parameters: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly data: readonly number[]; readonly gradient: number[] }>
  >;
  readonly loss: number;
}

const file = new URL('../../../fixtures/gradients/transformer.json', import.meta.url);
const fixture = JSON.parse(readFileSync(file, 'utf8')) as Fixture;

/** The model of transformer.py with the layers of nn. */
function lossOf(p: Inputs, builder: GraphBuilder): Value {
  const { heads, kvHeads, headWidth, layers, epsilon } = fixture.config;
  const rows = fixture.tokens.length;
  const cos = builder.constant('float32', Float32Array.from(fixture.cos), [rows, headWidth]);
  const sin = builder.constant('float32', Float32Array.from(fixture.sin), [rows, headWidth]);
  let x = ops.gather(p.embedding!, p.tokens!);
  const mask = nn.perGroup(nn.causalMask(x, 0), heads / kvHeads);
  for (let i = 0; i < layers; i++) {
    const of = (name: string): Value => p[`${i}.${name}`]!;
    const h = nn.rmsNorm(x, of('before'), epsilon);
    const part = (name: string, count: number): Value => nn.splitHeads(nn.linear(h, of(name)), count);
    const query = nn.rotary(nn.rmsNorm(part('q', heads), of('qNorm'), epsilon), cos, sin);
    const key = nn.rotary(nn.rmsNorm(part('k', kvHeads), of('kNorm'), epsilon), cos, sin);
    const mixed = nn.mergeHeads(nn.attention({ query, key, value: part('v', kvHeads), mask }));
    x = ops.add(x, nn.linear(mixed, of('o')));
    const inner = nn.rmsNorm(x, of('between'), epsilon);
    x = ops.add(x, nn.linear(nn.swiglu(nn.linear(inner, of('gate')), nn.linear(inner, of('up'))), of('down')));
  }
  const logits = nn.linear(nn.rmsNorm(x, p.norm!, epsilon), p.embedding!);
  return nn.crossEntropy(logits, p.targets!, p.weights!);
}

it("a small Llama's gradients are PyTorch's", async () => {
  const names = Object.keys(fixture.parameters);
  const rows = fixture.tokens.length;
  const feeds = {
    ...Object.fromEntries(
      names.map((name) => [name, floatTensor(fixture.parameters[name]!.data, fixture.parameters[name]!.shape)]),
    ),
    tokens: tensor('int32', Int32Array.from(fixture.tokens), [rows]),
    targets: tensor('int32', Int32Array.from(fixture.targets), [rows]),
    weights: floatTensor(fixture.weights, [rows]),
  };
  const got = await evaluated(feeds, (inputs, builder) => {
    const loss = lossOf(inputs, builder);
    const found = gradients(
      loss,
      names.map((name) => inputs[name]!),
    );
    return { loss, ...Object.fromEntries(names.map((name, i) => [`d ${name}`, found[i]!])) };
  });
  expect(Math.abs(got.loss![0]! - fixture.loss)).toBeLessThan(1e-6);
  for (const name of names) {
    const wanted = fixture.parameters[name]!.gradient;
    const largest = Math.max(...wanted.map(Math.abs));
    expect(distance(got[`d ${name}`]!, wanted) / largest, name).toBeLessThan(3e-6);
  }
});
