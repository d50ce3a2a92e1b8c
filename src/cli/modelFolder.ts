import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Option, type Command } from 'commander';
import { openModel } from '../model/openModel';
import type { PlannerLM, WeightChoice } from '../model/plannerLm';
import { WorkspaceStore } from '../training/store';
import { isStoreFolder } from '../training/storeFolder';
import { chooseDevice } from './device';
import { couldNot } from './failure';

/** Options of every command that opens a model. */
export interface ModelOptions {
  readonly model?: string;
  readonly device: 'auto' | 'cpu' | 'webgpu';
  readonly weights: WeightChoice;
}

export function addModelOptions(command: Command): Command {
  return command
    .option('--model <dir>', 'model folder, or one that train made (default: the bundled one)')
    .addOption(new Option('--device <device>', 'where it runs').choices(['auto', 'cpu', 'webgpu']).default('auto'))
    .addOption(
      new Option('--weights <format>', 'how the weights are held')
        .choices(['auto', 'float32', 'int8', 'int4'])
        .default('auto'),
    );
}

/** Folders looked for the bundled model, from the program's own upwards: it is run bundled (dist/) and from source (src/cli/). */
const LEVELS_UP = 3;

/** The model folder to use: the one that was named, else the bundled one. @throws {CliFailure} */
export function modelFolder(named: string | undefined): string {
  if (named !== undefined) return resolve(named);
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let level = 0; level < LEVELS_UP; level++) {
    const bundled = join(folder, 'models', 'starter');
    if (existsSync(join(bundled, 'config.json'))) return bundled;
    folder = dirname(folder);
  }
  throw couldNot('There is no bundled model. Name a model folder with --model DIR, or reinstall Planwright.');
}

/**
 * The folder of the model to open. One that `train --out` made stands for the model in it, put together with the one that it was tuned from, as in the editor.
 * @throws {CliFailure}; {@link TrainingError} where it cannot be used
 */
export async function openableFolder(named: string | undefined): Promise<string> {
  const folder = modelFolder(named);
  if (named === undefined || !(await isStoreFolder(folder).catch(() => false))) return folder;
  const store = new WorkspaceStore(folder);
  const model = await store.current();
  if (model === undefined) {
    throw couldNot(`${named} holds no tuned model: no training has made a better one there yet. Run "train" again.`);
  }
  // Where that is gone it may have been the bundled one, which has moved; that it is the right one is checked.
  const base = model.baseFolder !== undefined && existsSync(model.baseFolder) ? model.baseFolder : undefined;
  return store.activeFolder(modelFolder(base));
}

/** Opens the model for a piece of work and closes it afterwards, whatever happens. */
export async function withModel<T>(options: ModelOptions, work: (model: PlannerLM) => Promise<T>): Promise<T> {
  const folder = await openableFolder(options.model);
  const model = await openModel(folder, {
    device: chooseDevice(options.device, folder, options.weights, 'token'),
    weights: options.weights,
  });
  try {
    return await work(model);
  } finally {
    await model.close();
  }
}
