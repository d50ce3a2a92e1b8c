import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelConfig } from '../model/config';
import { sha256Of, verifyFiles } from '../model/folder';
import { openModel } from '../model/openModel';
import { CheckpointFolder } from './checkpoint';
import { checkBase, composeModel } from './composeModel';
import { onDisk, TrainingError } from './errors';
import type { Measures, TrainingMode, TrainingReport } from './jobTypes';
import type { ModelCard } from './modelCard';
import { readModelCard, saveModelFile } from './modelFile';
import { readState, writeState } from './stateFile';
import { LOCK, withStoreLock } from './storeLock';
import { sweep } from './sweep';
import { copyWhole } from './wholeFile';

/** A workspace's model on disk. */
export interface StoredModel {
  readonly id: string;
  readonly file: string;
  readonly sha256: string;
  readonly createdAt: string;
  readonly mode: TrainingMode;
  readonly before: Measures;
  readonly after: Measures;
  /** The model folder that it builds on, where that was; undefined in stores of earlier versions. */
  readonly baseFolder?: string;
  /** SHA-256 by path of the documents it was tuned on; empty for an imported one. */
  readonly documents: Readonly<Record<string, string>>;
  /** SHA-256 of all texts that it, or one that it goes on from, was trained on, which those held out were not; undefined where that is not known. */
  readonly trainedOn?: readonly string[];
}

export type ModelChoice = 'workspace' | 'starter';

/** Where a stored model comes from. */
export type Origin = Pick<StoredModel, 'baseFolder' | 'documents' | 'trainedOn'>;

/** What a person chose while a model was there. It says nothing of a later model, which is used at once. */
interface Choice {
  readonly using: ModelChoice;
  readonly model: string;
}

/**
 * The models of one workspace, in a folder of its own: `state.json` names the one that counts, `using` says whether the bundled one is used instead, `models/` holds it,
 * `composed/` the complete model folder made of it and the bundled model, `training/` a run's checkpoint, `embeddings.cache` what was computed of documents' sentences.
 * Whatever is written is written beside its place and renamed.
 */
export class WorkspaceStore {
  constructor(readonly folder: string) {}

  /** Where a run keeps its checkpoint. */
  get trainingFolder(): string {
    return join(this.folder, 'training');
  }

  async current(): Promise<StoredModel | undefined> {
    const state = (await readState(join(this.folder, 'state.json'))) as { readonly model?: StoredModel } | undefined;
    const model = state?.model;
    // The folder may have moved since.
    return model && { ...model, file: this.fileOf(model.id) };
  }

  async using(): Promise<ModelChoice> {
    const model = await this.current();
    return model === undefined ? 'starter' : this.choiceFor(model);
  }

  /**
   * Chooses between this workspace's model and the bundled one. Needs no lock: the choice has a file of its own, and counts for this very model.
   * @throws {TrainingError} kind 'stored' where there is no workspace model to use
   */
  async use(using: ModelChoice): Promise<void> {
    const model = await this.current();
    if (model !== undefined) return writeState(join(this.folder, 'using'), { using, model: model.id } satisfies Choice);
    if (using === 'starter') return;
    throw new TrainingError('stored', 'This workspace has no model of its own. Run "Fine-tune on Workspace" first.');
  }

  /**
   * The model folder to open: the bundled one, or that of the workspace's model, made where it is not there yet.
   * @throws {TrainingError}, {@link ModelError} where the workspace's model cannot be used; the bundled one still can
   */
  async activeFolder(base: string): Promise<string> {
    const model = await this.current();
    if (model === undefined || (await this.choiceFor(model)) === 'starter') return base;
    return this.folderOf(model, base);
  }

  /** The complete model folder of a workspace's model. @throws as {@link activeFolder} */
  async folderOf(model: StoredModel, base: string): Promise<string> {
    const target = join(this.folder, 'composed', model.id);
    const isComplete = await verifyFiles(target, false).then(
      () => true,
      () => false,
    );
    if (isComplete) {
      // The base may have been another one when it was made.
      await checkBase(await readModelCard(model.file), base);
      return target;
    }
    await checkFile(model.file, model, 'until then the bundled model is used');
    await composeModel(base, model.file, target);
    return target;
  }

  /** Keeps a tuned model and uses it from now on; the one before it is deleted. Called under the store's lock. */
  async adopt(
    card: ModelCard,
    config: ModelConfig,
    tensors: ReadonlyMap<string, { readonly data: Float32Array; readonly shape: readonly number[] }>,
    origin: Origin,
  ): Promise<StoredModel> {
    return this.add(card, origin, (file) => saveModelFile(file, card, config, tensors));
  }

  /** Deletes everything of this workspace: models, reports, caches. @throws {TrainingBusyError} while it is trained */
  async forget(): Promise<void> {
    if (!existsSync(this.folder)) return;
    await withStoreLock(this.folder, async () => {
      // The state first: what is left behind by an end in between is no model.
      await rm(join(this.folder, 'state.json'), { force: true });
      const others = (await readdir(this.folder)).filter((name) => !name.startsWith(LOCK));
      await Promise.all(others.map((name) => rm(join(this.folder, name), { recursive: true, force: true })));
    });
    // Another may hold the lock by now.
    await rmdir(this.folder).catch(() => undefined);
  }

  /** Deletes what a run that was cut off left to go on from. @throws {TrainingBusyError} while it is trained */
  async discardRun(): Promise<void> {
    if (!existsSync(this.folder)) return;
    await withStoreLock(this.folder, async () => {
      await new CheckpointFolder(this.trainingFolder).clear();
      await this.sweep();
    });
  }

  /** Copies the workspace's model to a file. It holds weights only, no text. @throws {TrainingError} */
  async exportTo(file: string): Promise<void> {
    const model = await this.current();
    if (model === undefined) {
      throw new TrainingError('stored', 'This workspace has no model of its own to export.');
    }
    const doubt = 'it was not exported';
    if (!existsSync(model.file)) throw damaged(doubt);
    try {
      await copyWhole(model.file, file, (copy) => checkFile(copy, model, doubt));
    } catch (error) {
      throw onDisk('The exported model', error);
    }
  }

  /**
   * Takes a model that was exported and uses it from now on, if it opens together with this base.
   * @throws {TrainingError}, {@link ModelError} where it does not; what was used before stays
   */
  async importFrom(file: string, base: string): Promise<StoredModel> {
    const card = await readModelCard(file);
    return withStoreLock(this.folder, async () => {
      await this.sweep();
      const trial = join(this.folder, 'composed', 'import');
      try {
        await composeModel(base, file, trial);
        await (await openModel(trial)).close();
      } finally {
        await rm(trial, { recursive: true, force: true }).catch(() => undefined);
      }
      return this.add(card, { baseFolder: base, documents: {} }, (target) => copyWhole(file, target));
    });
  }

  async lastReport(): Promise<TrainingReport | undefined> {
    const text = await readFile(join(this.folder, 'report.json'), 'utf8').catch(() => undefined);
    try {
      return text === undefined ? undefined : (JSON.parse(text) as TrainingReport);
    } catch {
      return undefined;
    }
  }

  async keepReport(report: TrainingReport): Promise<void> {
    await writeState(join(this.folder, 'report.json'), report);
  }

  private async add(card: ModelCard, origin: Origin, put: (file: string) => Promise<void>): Promise<StoredModel> {
    const id = `${card.createdAt.replace(/[:.]/g, '')}-${randomBytes(3).toString('hex')}`;
    const file = this.fileOf(id);
    try {
      await mkdir(join(this.folder, 'models'), { recursive: true });
      await put(file);
      const { createdAt, mode, before, after } = card;
      const model = { id, file, sha256: await sha256Of(file), createdAt, mode, before, after, ...origin };
      await writeState(join(this.folder, 'state.json'), { model });
      await sweep(this.folder, id);
      return model;
    } catch (error) {
      await rm(file, { force: true }).catch(() => undefined);
      throw onDisk('The model of this workspace', error);
    }
  }

  private async sweep(): Promise<void> {
    // Where the state is damaged nobody knows what is of use.
    await this.current().then(
      (model) => sweep(this.folder, model?.id),
      () => undefined,
    );
  }

  private fileOf(id: string): string {
    return join(this.folder, 'models', `${id}.safetensors`);
  }

  private async choiceFor({ id }: StoredModel): Promise<ModelChoice> {
    const choice = (await readState(join(this.folder, 'using'))) as Choice | undefined;
    return choice?.model === id ? choice.using : 'workspace';
  }
}

/** @throws {TrainingError} kind 'stored' where a file is not the one that was stored */
async function checkFile(file: string, { sha256 }: StoredModel, meanwhile: string): Promise<void> {
  if (!existsSync(file) || (await sha256Of(file)) !== sha256) throw damaged(meanwhile);
}

function damaged(meanwhile: string): TrainingError {
  return new TrainingError(
    'stored',
    `The model of this workspace is missing or damaged. Fine-tune again, or forget it; ${meanwhile}.`,
  );
}
