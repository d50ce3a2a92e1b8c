import type { ModelConfig } from '../model/config';
import { readChecksums } from '../model/folder';
import { modelLayout, type Layout } from '../model/layout';
import { SafetensorsFile } from '../model/safetensors';
import { writeSafetensors, type TensorToWrite } from '../model/writeSafetensors';
import { onDisk, TrainingError } from './errors';
import { parseCard, type ModelCard } from './modelCard';
import { GROUPS } from './parameterBook';
import { putWhole } from './wholeFile';

/*
 * A workspace's model is one safetensors file: the tensors that were tuned, in half precision, and in its metadata what they were tuned
 * from. A full one holds LM, adapter and planner; a light one adapter and planner, and thin matrices for the LM (LoRA).
 */

const FORMAT = 'planwright-workspace-model';
const VERSION = 1;

/** Names of labels, and the general text mixed in, may be bettered without touching what was tuned. */
const REPLACEABLE = ['labels.json', 'replay.jsonl'];

/** SHA-256 by name of the files of a model folder that a tuned model builds on. @throws {ModelError} */
export async function baseOf(folder: string): Promise<Record<string, string>> {
  const records = await readChecksums(folder);
  const built = records.filter(({ name }) => !REPLACEABLE.includes(name));
  return Object.fromEntries(built.map(({ name, sha256 }) => [name, sha256]));
}

/** Writes a model file; it is there whole or not at all. @throws {TrainingError} kind 'disk' */
export async function saveModelFile(
  path: string,
  card: ModelCard,
  config: ModelConfig,
  tensors: ReadonlyMap<string, { readonly data: Float32Array; readonly shape: readonly number[] }>,
): Promise<void> {
  const layouts = tunedLayout(config);
  const list = [...tensors].map(([name, { data, shape }]): TensorToWrite => ({
    name,
    dtype: 'F16',
    shape: layouts.get(name) ?? shape,
    data,
  }));
  const metadata = { format: FORMAT, version: String(VERSION), card: JSON.stringify(card) };
  try {
    await putWhole(path, (part) => writeSafetensors(part, list, metadata));
  } catch (error) {
    throw onDisk('The tuned model', error);
  }
}

/** The card of a model file. @throws {TrainingError} kind 'stored'; {@link ModelError} where it is no safetensors file */
export async function readModelCard(path: string): Promise<ModelCard> {
  const file = await SafetensorsFile.open(path);
  await file.close();
  const { metadata } = file;
  if (metadata.get('format') !== FORMAT) {
    throw new TrainingError(
      'stored',
      `${path} is not a workspace model of Planwright. Choose a file that was exported by it.`,
    );
  }
  if (metadata.get('version') !== String(VERSION)) {
    throw new TrainingError('stored', `${path} was made by a newer Planwright. Update the extension and try again.`);
  }
  const card = parseCard(metadata.get('card') ?? '');
  if (card !== undefined) return card;
  throw new TrainingError('stored', `${path} is damaged: its description cannot be read. Export it again.`);
}

/** Names and shapes of all tensors that can be tuned. */
export function tunedLayout(config: ModelConfig): Layout {
  const layouts = modelLayout(config);
  return new Map(GROUPS.flatMap((group) => [...layouts[group]]));
}
