import { afterEach, describe, expect, it } from 'vitest';
import { OnnxRuntime, type Runtime } from '../../../src/graph/index';
import { TfjsRuntime } from '../../../src/graph/tfjs/index';
import { hyperparametersFor, type Hyperparameters } from '../../../src/training/hyperparameters';
import type { ModelConfig } from '../../../src/model/config';
import { TRAINING_ROWS, type TrainingRow } from '../../../src/training/rows';
import { TrainingSources } from '../../../src/training/sources';
import { Trainer } from '../../../src/training/trainer';
import { tf } from '../graph/tfjs/support';
import { reference, referenceBatch, TINY_MODEL } from './reference';

const { settings } = reference;

function hyperparameters(config: ModelConfig, row: TrainingRow, changes: Partial<Hyperparameters>): Hyperparameters {
  return {
    ...hyperparametersFor('full', config),
    accumulate: 1,
    ...settings.shape,
    row,
    view: 4,
    rates: settings.rates,
    weightDecay: settings.decay,
    clip: settings.clip,
    warmup: settings.warmup / settings.steps,
    unfreeze: (settings.unfreeze - 1) / settings.steps,
    plannerTerm: settings.plannerTerm,
    ...changes,
  };
}

describe('a trainer', () => {
  const opened: { dispose?(): Promise<void>; close?(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await (one.dispose?.() ?? one.close?.());
  });

  async function open(
    row: TrainingRow,
    changes: Partial<Hyperparameters> = {},
    runtime: Runtime = OnnxRuntime.open(),
  ): Promise<Trainer> {
    const sources = await TrainingSources.open(TINY_MODEL);
    const trainer = await Trainer.open({
      sources,
      runtime,
      hyperparameters: hyperparameters(sources.config, row, changes),
      steps: settings.steps,
      seed: 1,
    });
    opened.push(sources, trainer);
    return trainer;
  }

  it.each(TRAINING_ROWS)('follows PyTorch over twenty steps in the row %s', async (row) => {
    const trainer = await open(row);
    const batch = referenceBatch();
    for (const [i, [lm, planner, norm]] of reference.losses[row].entries()) {
      const losses = await trainer.step(i + 1, [batch]);
      expect(Math.abs(losses.lm - lm), `LM's loss at step ${i + 1}`).toBeLessThan(1e-4);
      if (!Number.isNaN(losses.planner)) {
        expect(Math.abs(losses.planner - planner), `planner's loss at step ${i + 1}`).toBeLessThan(1e-4);
      }
      expect(Math.abs(losses.gradientNorm / norm - 1), `norm at step ${i + 1}`).toBeLessThan(1e-3);
    }
  });

  it('makes the same steps of several runs added up', async () => {
    const batch = referenceBatch();
    const whole = await open('soft-joint');
    const added = await open('soft-joint', { accumulate: 2 });
    for (let step = 1; step <= 8; step++) {
      const one = await whole.step(step, [batch]);
      const two = await added.step(step, [batch, batch]);
      expect(Math.abs(one.lm - two.lm)).toBeLessThan(1e-5);
      expect(Math.abs(one.gradientNorm / two.gradientNorm - 1)).toBeLessThan(1e-4);
    }
  });

  it('makes the same steps on TensorFlow.js', async () => {
    const batch = referenceBatch();
    const onnx = await open('soft-joint');
    const tfjs = await open('soft-joint', {}, TfjsRuntime.over(tf));
    for (let step = 1; step <= settings.steps; step++) {
      const one = await onnx.step(step, [batch]);
      const two = await tfjs.step(step, [batch]);
      expect(Math.abs(one.lm - two.lm), `LM's loss at step ${step}`).toBeLessThan(1e-4);
      expect(Math.abs(one.planner - two.planner), `planner's loss at step ${step}`).toBeLessThan(1e-4);
    }
    const values = await tfjs.snapshot();
    for (const [name, { data }] of await onnx.snapshot()) {
      const other = values.get(name)!.data;
      expect(Math.max(...data.map((value, i) => Math.abs(value - other[i]!))), name).toBeLessThan(1e-3);
    }
  });

  it('goes on from a checkpoint as if nothing had happened', async () => {
    const batch = referenceBatch();
    const first = await open('soft-joint');
    for (let step = 1; step <= 7; step++) await first.step(step, [batch]);
    const checkpoint = await first.checkpoint();
    const second = await open('soft-joint');
    second.restore(checkpoint);
    for (let step = 8; step <= 10; step++) {
      expect(await second.step(step, [batch])).toEqual(await first.step(step, [batch]));
    }
  });

  it('measures what it would be trained on, without changing', async () => {
    const batch = referenceBatch();
    const trainer = await open('soft-joint');
    const before = await trainer.snapshot();
    const loss = await trainer.heldOutLoss([batch, { ...batch, targetWeights: batch.targetWeights.map(() => 0) }]);
    expect(loss).toBeCloseTo(reference.losses['soft-joint'][0]![0], 5);
    expect(await trainer.snapshot()).toEqual(before);
    expect(await trainer.heldOutLoss([])).toBeNaN();
  });

  it('learns with thin matrices beside a frozen LM, from where the LM was', async () => {
    const batch = referenceBatch();
    const trainer = await open('soft-joint', { lowRank: 4 });
    expect(trainer.parameters.some(({ name }) => name.startsWith('model.embed_tokens'))).toBe(false);
    const losses: number[] = [];
    for (let step = 1; step <= 20; step++) losses.push((await trainer.step(step, [batch])).lm);
    expect(losses[0]).toBeCloseTo(reference.losses['soft-joint'][0]![0], 5);
    expect(losses.at(-1)).toBeLessThan(losses[0]! - 1);
  });

  it('throws a step away whose gradient is no number, and gives up after several', async () => {
    const batch = referenceBatch();
    const trainer = await open('soft-joint');
    await trainer.step(1, [batch]);
    const before = await trainer.snapshot();
    const broken = { ...batch, embeddings: batch.embeddings.map(() => NaN) };
    await trainer.step(2, [broken]);
    expect(await trainer.snapshot()).toEqual(before);
    await trainer.step(3, [broken]);
    await expect(trainer.step(4, [broken])).rejects.toThrow(/no longer a number/);
    expect(await trainer.snapshot()).toEqual(before);
  });
});
