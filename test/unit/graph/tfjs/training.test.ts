import { afterEach, describe, expect, it } from 'vitest';
import {
  GraphBuilder,
  gradients,
  nn,
  ops,
  tensor,
  type CpuTensor,
  type Graph,
  type Runtime,
  type Tensor,
  type Value,
} from '../../../../src/graph';
import { hyperparametersFor } from '../../../../src/training/hyperparameters';
import { TrainingSources } from '../../../../src/training/sources';
import { Trainer, type StepLosses } from '../../../../src/training/trainer';
import { reference, referenceBatch, TINY_MODEL } from '../../training/reference';
import { floatTensor, noise, runtime } from '../support';
import { tf, tfjs } from './support';

const STEPS = 20;
/** At 0.2 the loss jumps, and steps that jump multiply what rounding makes different. */
const RATE = 0.08;

/** Sizes of a small language model. */
const [TOKENS, VOCABULARY, WIDTH, HEADS, INNER, LAYERS] = [12, 23, 16, 2, 24, 2];

/** Its parameters by name, deterministic. */
function initial(): Map<string, CpuTensor> {
  const shapes: [string, number[]][] = [['embedding', [VOCABULARY, WIDTH]]];
  for (let i = 0; i < LAYERS; i++) {
    for (const name of ['q', 'k', 'v', 'o']) shapes.push([`${i}.${name}`, [WIDTH, WIDTH]]);
    shapes.push([`${i}.norm`, [WIDTH]], [`${i}.gate`, [INNER, WIDTH]], [`${i}.up`, [INNER, WIDTH]]);
    shapes.push([`${i}.down`, [WIDTH, INNER]]);
  }
  return new Map(
    shapes.map(([name, shape], seed) => {
      const values = noise(
        shape.reduce((a, b) => a * b, 1),
        seed + 1,
      );
      return [name, floatTensor(name.endsWith('norm') ? values.fill(1) : values.map((value) => value * 0.3), shape)];
    }),
  );
}

/** Forward and backward pass of two blocks and a tied output, and plain gradient descent: outputs `loss` and `<parameter>.next`. */
function stepGraph(): Graph {
  const builder = new GraphBuilder('descent');
  const parameters = [...initial()].map(([name, { dims }]) => builder.input(name, 'float32', dims));
  const p = (name: string): Value => parameters.find((value) => value.name === name)!;
  const embedded = ops.gather(p('embedding'), builder.input('tokens', 'int32', [TOKENS]));
  let x = embedded;
  for (let i = 0; i < LAYERS; i++) {
    const h = nn.rmsNorm(x, p(`${i}.norm`), 1e-5);
    const [query, key, value] = ['q', 'k', 'v'].map((name) => nn.splitHeads(nn.linear(h, p(`${i}.${name}`)), HEADS));
    const mixed = nn.attention({ query: query!, key: key!, value: value!, mask: nn.causalMask(x, 0) });
    x = ops.add(x, nn.linear(nn.mergeHeads(mixed), p(`${i}.o`)));
    x = ops.add(x, nn.linear(nn.swiglu(nn.linear(x, p(`${i}.gate`)), nn.linear(x, p(`${i}.up`))), p(`${i}.down`)));
  }
  const targets = builder.input('targets', 'int32', [TOKENS]);
  const loss = nn.crossEntropy(nn.linear(x, p('embedding')), targets, builder.input('weights', 'float32', [TOKENS]));
  builder.output('loss', loss);
  const found = gradients(loss, parameters);
  parameters.forEach((value, i) => builder.output(`${value.name}.next`, ops.sub(value, ops.mul(found[i]!, RATE))));
  return builder.build();
}

/** Losses of steps of gradient descent; parameters go from output to input. */
async function descend(on: Runtime): Promise<{ losses: number[]; memory: number[] }> {
  const graph = stepGraph();
  const names = [...initial().keys()];
  const session = await on.createSession(graph, { threads: 1, keepOnDevice: names.map((name) => `${name}.next`) });
  const data = {
    tokens: tensor(
      'int32',
      Int32Array.from(noise(TOKENS, 50), (value) => Math.floor((value + 1) * 4)),
      [TOKENS],
    ),
    targets: tensor(
      'int32',
      Int32Array.from(noise(TOKENS, 51), (value) => Math.floor((value + 1) * 11)),
      [TOKENS],
    ),
    weights: floatTensor(
      Float32Array.from({ length: TOKENS }, (_, i) => (i % 5 === 0 ? 0 : 1)),
      [TOKENS],
    ),
  };
  let state: [string, Tensor][] = [...initial()];
  const losses: number[] = [];
  const memory: number[] = [];
  const free = (): void => {
    for (const [, value] of state) if (value.location === 'device') value.dispose();
  };
  for (let i = 0; i < STEPS; i++) {
    const outputs = await session.run({ ...data, ...Object.fromEntries(state) });
    free();
    state = names.map((name) => [name, outputs.get(`${name}.next`)!]);
    losses.push(Number((outputs.get('loss') as CpuTensor).data[0]));
    memory.push(tf.memory().numTensors);
  }
  free();
  await session.dispose();
  return { losses, memory };
}

it('two blocks learn by gradient descent as with onnxruntime', async () => {
  const before = tf.memory().numTensors;
  const ours = await descend(tfjs);
  expect(tf.memory().numTensors).toBe(before);
  const theirs = await descend(runtime);
  expect(theirs.losses.at(-1)).toBeLessThan(theirs.losses[0]! / 2);
  ours.losses.forEach((loss, i) => expect(Math.abs(loss - theirs.losses[i]!), `step ${i + 1}`).toBeLessThan(1e-5));
  expect(new Set(ours.memory).size).toBe(1);
  expect((await descend(tfjs)).losses).toEqual(ours.losses);
});

describe('the joint step', () => {
  const opened: { dispose?(): Promise<void>; close?(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await (one.dispose?.() ?? one.close?.());
  });

  /** Losses of steps of the joint training of the fixtures' model. */
  async function train(on: Runtime, steps: number, accumulate = 1): Promise<StepLosses[]> {
    const { settings } = reference;
    const sources = await TrainingSources.open(TINY_MODEL);
    const trainer = await Trainer.open({
      sources,
      runtime: on,
      hyperparameters: {
        ...hyperparametersFor('full', sources.config),
        ...settings.shape,
        accumulate,
        row: 'soft-joint',
        view: 4,
        rates: settings.rates,
        weightDecay: settings.decay,
        clip: settings.clip,
        warmup: settings.warmup / settings.steps,
        unfreeze: (settings.unfreeze - 1) / settings.steps,
        plannerTerm: settings.plannerTerm,
      },
      steps: settings.steps,
      seed: 1,
      threads: 1,
    });
    opened.push(sources, trainer);
    const batches = Array.from({ length: accumulate }, referenceBatch);
    const losses: StepLosses[] = [];
    for (let step = 1; step <= steps; step++) losses.push(await trainer.step(step, batches));
    return losses;
  }

  it('follows onnxruntime, and PyTorch, over twenty steps', async () => {
    const ours = await train(tfjs, STEPS);
    const theirs = await train(runtime, STEPS);
    const fixture = reference.losses['soft-joint'];
    ours.forEach(({ lm, planner, gradientNorm }, i) => {
      const step = `step ${i + 1}`;
      const [lmOfPyTorch, plannerOfPyTorch] = fixture[i]!;
      for (const wanted of [theirs[i]!.lm, lmOfPyTorch]) expect(Math.abs(lm - wanted), step).toBeLessThan(1e-4);
      for (const wanted of [theirs[i]!.planner, plannerOfPyTorch]) {
        expect(Math.abs(planner - wanted), step).toBeLessThan(1e-4);
      }
      expect(Math.abs(gradientNorm / theirs[i]!.gradientNorm - 1), step).toBeLessThan(1e-3);
    });
  });

  it('adds up gradients of several runs', async () => {
    const [whole, added] = [await train(tfjs, 3), await train(tfjs, 3, 2)];
    expect(Math.abs(whole.at(-1)!.lm - added.at(-1)!.lm)).toBeLessThan(1e-5);
  });
});
