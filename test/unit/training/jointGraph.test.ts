import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { floats, GraphBuilder, gradients, OnnxRuntime, tensor, type Tensor } from '../../../src/graph/index';
import { parseModelConfig, type ModelConfig } from '../../../src/model/config';
import { readJson } from '../../../src/model/folder';
import { modelLayout } from '../../../src/model/layout';
import { WeightFiles } from '../../../src/model/weightFiles';
import { batchFeeds } from '../../../src/training/batchFeeds';
import { jointLosses } from '../../../src/training/jointGraph';
import { tunedLayout } from '../../../src/training/modelFile';
import { GROUPS, ParameterBook, tensorsOf, type Group } from '../../../src/training/parameterBook';
import { TRAINING_ROWS, type TrainingRow } from '../../../src/training/rows';
import { reference, referenceBatch, TINY_MODEL } from './reference';

const { settings } = reference;
const shape = { ...settings.shape, view: settings.shape.units };

describe('the joint graph', () => {
  let config: ModelConfig;
  let files: Record<Group, WeightFiles>;
  beforeAll(async () => {
    const path = join(TINY_MODEL, 'config.json');
    config = parseModelConfig(await readJson(path), path);
    const open = (group: Group): Promise<WeightFiles> =>
      WeightFiles.open(TINY_MODEL, group, modelLayout(config)[group]);
    files = { lm: await open('lm'), adapter: await open('adapter'), planner: await open('planner') };
    return () => Promise.all(Object.values(files).map((file) => file.close()));
  });

  async function run(row: TrainingRow, tuned: readonly Group[], withGradients: boolean) {
    const builder = new GraphBuilder('joint');
    const book = new ParameterBook(builder, { tuned });
    const losses = jointLosses(book, config, { row, shape, plannerTerm: settings.plannerTerm, checkpointing: false });
    builder.output('lm', losses.lm);
    if (losses.planner) builder.output('planner', losses.planner);
    const { parameters } = book;
    if (withGradients) {
      const all = gradients(
        losses.total,
        parameters.map(({ value }) => value),
      );
      for (const [i, gradient] of all.entries()) builder.output(`gradient ${parameters[i]!.name}`, gradient);
    }
    const session = await OnnxRuntime.open().createSession(builder.build(), {
      weights: await book.loadFrozen((group, names) => files[group].readStacked(names)),
    });
    const feeds: Record<string, Tensor> = batchFeeds(referenceBatch(), shape, config);
    for (const { name, group, sources, shape: dims } of parameters) {
      feeds[name] = tensor('float32', await files[group].readStacked(sources), dims);
    }
    const outputs = await session.run(feeds);
    await session.dispose();
    return { outputs, parameters };
  }

  it.each(TRAINING_ROWS)('has the losses of PyTorch in the row %s', async (row) => {
    const { outputs } = await run(row, GROUPS, false);
    const [lm, planner] = reference.losses[row][0]!;
    expect(floats(outputs, 'lm')[0]).toBeCloseTo(lm, 5);
    if (outputs.has('planner')) expect(floats(outputs, 'planner')[0]).toBeCloseTo(planner, 5);
  });

  it.each(['straight-through', 'soft-joint'] as const)('has the gradients of PyTorch in the row %s', async (row) => {
    const { outputs, parameters } = await run(row, GROUPS, true);
    const layout = tunedLayout(config);
    const seen = new Set<string>();
    for (const parameter of parameters) {
      const whole = floats(outputs, `gradient ${parameter.name}`);
      for (const [name, gradient] of tensorsOf(parameter, whole, layout)) {
        seen.add(name);
        const expected = reference.gradients[row][name]!;
        const norm = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
        expect(Math.abs(norm - expected.norm), `norm of ${name}`).toBeLessThan(1e-4 * expected.norm + 1e-7);
        for (const [i, at] of expected.at.entries()) {
          const off = Math.abs(gradient[at]! - expected.values[i]!);
          expect(off, `${name}[${at}]`).toBeLessThan(1e-4 * expected.norm + 1e-7);
        }
      }
    }
    expect([...seen].sort()).toEqual(Object.keys(reference.gradients[row]).sort());
  });

  it('has the same losses where everything is frozen', async () => {
    const { outputs, parameters } = await run('soft-joint', [], false);
    expect(parameters).toEqual([]);
    expect(floats(outputs, 'lm')[0]).toBeCloseTo(reference.losses['soft-joint'][0]![0], 5);
  });
});
