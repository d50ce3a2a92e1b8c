import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseModelConfig, type ModelConfig } from '../../../src/model/config';
import { readJson } from '../../../src/model/folder';
import { hyperparametersFor } from '../../../src/training/hyperparameters';
import { TINY_FOLDER } from '../support/toyModel';

const configOf = async (folder: string): Promise<ModelConfig> => {
  const path = join(folder, 'config.json');
  return parseModelConfig(await readJson(path), path);
};

describe('how a model is tuned', () => {
  it('keeps a small model’s blocks, and computes those of the bundled one again: half the memory', async () => {
    expect(hyperparametersFor('full', await configOf(TINY_FOLDER)).checkpointing).toBe(false);
    const bundled = await configOf(join(import.meta.dirname, '../../../models/starter'));
    for (const mode of ['full', 'light'] as const) expect(hyperparametersFor(mode, bundled).checkpointing).toBe(true);
  });

  it('reads no more at once than the LM has positions for, and shows the planner no more than its window', async () => {
    const config = await configOf(TINY_FOLDER);
    const short = { ...config, lm: { ...config.lm, maxPositions: 32 }, planner: { ...config.planner, window: 8 } };
    expect(hyperparametersFor('full', short)).toMatchObject({ length: 32, view: 8 });
  });
});
