import { constants } from 'node:fs';
import { copyFile, link, mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseModelConfig } from '../model/config';
import { readChecksums, readJson, sha256Of, verifyFiles } from '../model/folder';
import { modelLayout } from '../model/layout';
import { SafetensorsFile } from '../model/safetensors';
import { WeightFiles } from '../model/weightFiles';
import { writeSafetensors, type TensorToWrite } from '../model/writeSafetensors';
import { composedTensor } from './composedTensor';
import { onDisk, TrainingError } from './errors';
import { lowRankByTensor } from './lowRankRows';
import type { ModelCard } from './modelCard';
import { baseOf, readModelCard } from './modelFile';
import { GROUPS, type LowRank } from './parameterBook';
import { writeWhole } from './wholeFile';

const CHECKSUMS = 'checksums.json';

/** @throws {TrainingError} kind 'other-base' where a model was tuned from another base than this */
export async function checkBase(card: ModelCard, base: string): Promise<void> {
  const own = await baseOf(base);
  const differing = Object.keys({ ...own, ...card.base }).filter((name) => own[name] !== card.base[name]);
  if (differing.length === 0) return;
  throw new TrainingError(
    'other-base',
    `The model of this workspace was tuned from another bundled model (${differing.join(', ')} differ). ` +
      'Fine-tune anew to have one that fits this version of Planwright.',
  );
}

/**
 * Makes a complete model folder of a base model and a workspace's model file, so that the engine opens it like any other: matrices are in 8 bits where the
 * base has them so, and take as little memory. It is there whole or not at all; what the base has unchanged is linked where the file system can.
 * @throws {TrainingError} kinds 'other-base', 'disk', 'stored'; {@link ModelError} for a broken file
 */
export async function composeModel(base: string, modelFile: string, target: string): Promise<void> {
  const card = await readModelCard(modelFile);
  await checkBase(card, base);
  let half: string | undefined;
  try {
    await mkdir(dirname(target), { recursive: true });
    half = await mkdtemp(`${target}.part-`);
    await fill(half, base, modelFile, card.lowRank);
    await put(half, target);
  } catch (error) {
    throw onDisk('The model of this workspace', error);
  } finally {
    if (half !== undefined) await rm(half, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Puts a model folder in its place. Where another process has put the same one there meanwhile, that one stays: it may be in use already. */
async function put(half: string, target: string): Promise<void> {
  if (await isMoved(half, target)) return;
  await rm(target, { recursive: true, force: true });
  if (await isMoved(half, target)) return;
  await rename(half, target);
}

/** Whether a model folder, or the same one of another process, is in its place now. One that has something else in it is not replaced. */
async function isMoved(half: string, target: string): Promise<boolean> {
  return rename(half, target).then(
    () => true,
    () => isSame(half, target),
  );
}

/** Whether there is the same model folder already, and whole. */
async function isSame(half: string, target: string): Promise<boolean> {
  try {
    await verifyFiles(target, false);
    return (await readFile(join(target, CHECKSUMS))).equals(await readFile(join(half, CHECKSUMS)));
  } catch {
    return false;
  }
}

async function fill(folder: string, base: string, modelFile: string, lowRank: readonly LowRank[]): Promise<void> {
  const configPath = join(base, 'config.json');
  const config = parseModelConfig(await readJson(configPath), configPath);
  const layouts = modelLayout(config);
  const tuned = await SafetensorsFile.open(modelFile);
  const written = new Set<string>();
  try {
    const added = lowRankByTensor(lowRank, layouts.lm, tuned);
    for (const group of GROUPS) {
      const files = await WeightFiles.open(base, group, layouts[group]);
      try {
        const tensors: TensorToWrite[] = [];
        for (const [name, shape] of layouts[group]) {
          tensors.push(await composedTensor(name, shape, { base: files, tuned, lowRank: added.get(name) }));
        }
        await writeSafetensors(join(folder, `${group}.safetensors`), tensors);
        written.add(`${group}.safetensors`);
      } finally {
        await files.close();
      }
    }
  } finally {
    await tuned.close();
  }
  const records = await readChecksums(base);
  const files: Record<string, { bytes: number; sha256: string }> = {};
  for (const record of records) {
    const path = join(folder, record.name);
    if (GROUPS.some((group) => record.name.startsWith(`${group}-`))) continue;
    if (written.has(record.name)) {
      files[record.name] = { bytes: (await stat(path)).size, sha256: await sha256Of(path) };
    } else {
      await link(join(base, record.name), path).catch(() =>
        copyFile(join(base, record.name), path, constants.COPYFILE_FICLONE),
      );
      files[record.name] = { bytes: record.bytes, sha256: record.sha256 };
    }
  }
  for (const name of written) {
    files[name] ??= { bytes: (await stat(join(folder, name))).size, sha256: await sha256Of(join(folder, name)) };
  }
  const form = JSON.parse(await readFile(join(base, CHECKSUMS), 'utf8')) as Record<string, unknown>;
  await writeWhole(join(folder, CHECKSUMS), JSON.stringify({ ...form, files }, undefined, 1));
}
