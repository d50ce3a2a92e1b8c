import type { Dirent } from 'node:fs';
import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelError } from '../model/errors';
import { SafetensorsFile } from '../model/safetensors';
import { writeSafetensors, type TensorToWrite } from '../model/writeSafetensors';
import { onDisk } from './errors';
import type { CurvePoint } from './jobTypes';
import { putWhole } from './wholeFile';

/** A named set of arrays with their shapes. */
export type Tensors = ReadonlyMap<string, { readonly data: Float32Array; readonly shape: readonly number[] }>;

/** The best weights so far, by the loss of the held-out documents. */
export interface Best {
  readonly step: number;
  readonly heldOut: number;
}

/** What a run needs to go on, beside its tensors. */
export interface Progress {
  /** Identity of the run: documents, base model and options. A checkpoint of another run is not taken up. */
  readonly run: string;
  /** Steps done. */
  readonly step: number;
  readonly steps: number;
  readonly seconds: number;
  readonly heldOutBefore: number;
  readonly curve: readonly CurvePoint[];
  readonly best: Best | undefined;
  /** Evaluations since the best one. */
  readonly sinceBest: number;
}

export interface Checkpoint {
  readonly progress: Progress;
  /** Parameters and their moments. */
  readonly tensors: Tensors;
}

const LAST = 'last.safetensors';
const BEST = /^best-\d+\.safetensors(?:\.part)?$/;
/** What a run makes in its folder: checkpoints, and the candidate that is judged at its end, as a file and as a model folder. */
const FILE_OF_RUN = /^(?:last|best-\d+|candidate)\.safetensors(?:\.part)?$/;
const FOLDER_OF_RUN = /^candidate(?:\.part-\w{6})?$/;

/** Whether something in a run's folder is what runs make. */
export function isOfRun(entry: Dirent): boolean {
  return (entry.isDirectory() ? FOLDER_OF_RUN : FILE_OF_RUN).test(entry.name);
}

/**
 * The checkpoint of a run: `last.safetensors` holds its state and names the file of the best weights, which is written before it and deleted only
 * when a later one is in place. So an end at any moment leaves a state that was whole once, never half a file.
 */
export class CheckpointFolder {
  constructor(private readonly folder: string) {}

  /** @throws {TrainingError} kind 'disk'; the checkpoint before it stays */
  async save({ progress, tensors }: Checkpoint): Promise<void> {
    await this.write(LAST, tensors, { progress: JSON.stringify(progress) });
    const kept = progress.best === undefined ? undefined : bestName(progress.best);
    const files = await readdir(this.folder);
    const old = files.filter((name) => BEST.test(name) && name !== kept);
    await Promise.all(old.map((name) => rm(join(this.folder, name), { force: true })));
  }

  /** Keeps the weights of a step; they count once a checkpoint names them. */
  async saveBest(best: Best, tensors: Tensors): Promise<void> {
    await this.write(bestName(best), tensors, {});
  }

  async loadBest(best: Best): Promise<Tensors> {
    return (await read(join(this.folder, bestName(best)))).tensors;
  }

  /** Where a run was cut off, without its tensors; undefined where there is none, or it cannot be read: training then starts anew. */
  async progress(): Promise<Progress | undefined> {
    try {
      const file = await SafetensorsFile.open(join(this.folder, LAST));
      await file.close();
      return parse(file.metadata);
    } catch (error) {
      if (error instanceof ModelError || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  /** The checkpoint of the run; undefined as of {@link progress}, and where it belongs to another run. */
  async load(run: string): Promise<Checkpoint | undefined> {
    if ((await this.progress())?.run !== run) return undefined;
    try {
      const { tensors, metadata } = await read(join(this.folder, LAST));
      const progress = parse(metadata);
      if (progress.best !== undefined) await this.loadBest(progress.best);
      return { progress, tensors };
    } catch (error) {
      if (error instanceof ModelError) return undefined;
      throw error;
    }
  }

  /** Deletes what runs made, and the folder where nothing else is in it: it may be one that a person keeps files in. */
  async clear(): Promise<void> {
    const entries = await readdir(this.folder, { withFileTypes: true }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    });
    if (entries === undefined) return;
    const made = entries.filter(isOfRun);
    await Promise.all(made.map(({ name }) => rm(join(this.folder, name), { recursive: true, force: true })));
    if (made.length === entries.length) await rmdir(this.folder);
  }

  private async write(name: string, tensors: Tensors, metadata: Readonly<Record<string, string>>): Promise<void> {
    const list = [...tensors].map(([key, { data, shape }]): TensorToWrite => ({
      name: key,
      dtype: 'F32',
      shape,
      data,
    }));
    try {
      await mkdir(this.folder, { recursive: true });
      await putWhole(join(this.folder, name), (part) => writeSafetensors(part, list, metadata));
    } catch (error) {
      throw onDisk('The checkpoint', error);
    }
  }
}

function bestName({ step }: Best): string {
  return `best-${step}.safetensors`;
}

function parse(metadata: ReadonlyMap<string, string>): Progress {
  return JSON.parse(metadata.get('progress') ?? '') as Progress;
}

async function read(path: string): Promise<{ tensors: Tensors; metadata: ReadonlyMap<string, string> }> {
  const file = await SafetensorsFile.open(path);
  try {
    const tensors = new Map<string, { data: Float32Array; shape: readonly number[] }>();
    for (const [name, { shape }] of file.tensors) tensors.set(name, { data: await file.read(name), shape });
    return { tensors, metadata: file.metadata };
  } finally {
    await file.close();
  }
}
