import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { ModelConfig } from '../model/config';
import { verifyFiles } from '../model/folder';
import { CheckpointFolder } from './checkpoint';
import { checkBase, composeModel } from './composeModel';
import { onDisk, TrainingError } from './errors';
import type { Measures, TrainingMode, TrainingReport } from './jobTypes';
import { exists, readModelCard, saveModelFile, sha256Of, type ModelCard } from './modelFile';
import { withStoreLock } from './storeLock';

/** A workspace's model on disk. */
export interface StoredModel {
  readonly id: string;
  readonly file: string;
  readonly sha256: string;
  readonly createdAt: string;
  readonly mode: TrainingMode;
  readonly before: Measures;
  readonly after: Measures;
  /** SHA-256 by path of the documents it was tuned on; empty for an imported one. */
  readonly documents: Readonly<Record<string, string>>;
}

export type ModelChoice = 'workspace' | 'starter';

interface State {
  readonly using: ModelChoice;
  readonly model: StoredModel | null;
}

const NOTHING: State = { using: 'starter', model: null };

/**
 * The models of one workspace, in a folder of its own: `state.json` names the one that counts, `models/` holds it, `composed/` the complete model
 * folder made of it and the bundled model, `training/` a run's checkpoint, `embeddings.cache` what was computed of documents' sentences. Whatever is written is written beside its place and renamed.
 */
export class WorkspaceStore {
  constructor(readonly folder: string) {}

  /** Where a run keeps its checkpoint. */
  get trainingFolder(): string {
    return join(this.folder, 'training');
  }

  async current(): Promise<StoredModel | undefined> {
    return (await this.state()).model ?? undefined;
  }

  async using(): Promise<ModelChoice> {
    return (await this.state()).using;
  }

  /** @throws {TrainingError} kind 'stored' where there is no workspace model to use */
  async use(using: ModelChoice): Promise<void> {
    const { model } = await this.state();
    if (using === 'workspace' && model === null) {
      throw new TrainingError('stored', 'This workspace has no model of its own. Run "Fine-tune on Workspace" first.');
    }
    await this.write({ using, model });
  }

  /**
   * The model folder to open: the bundled one, or that of the workspace's model, made where it is not there yet.
   * @throws {TrainingError}, {@link ModelError} where the workspace's model cannot be used; the bundled one still can
   */
  async activeFolder(base: string): Promise<string> {
    const { using, model } = await this.state();
    return using === 'starter' || model === null ? base : this.folderOf(model, base);
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
    if (!(await exists(model.file)) || (await sha256Of(model.file)) !== model.sha256) {
      throw new TrainingError(
        'stored',
        'The model of this workspace is missing or damaged. Fine-tune again, or forget it; until then the bundled model is used.',
      );
    }
    await composeModel(base, model.file, target);
    return target;
  }

  /** Keeps a tuned model and uses it from now on; the one before it is deleted. Called under the store's lock. */
  async adopt(
    card: ModelCard,
    config: ModelConfig,
    tensors: ReadonlyMap<string, { readonly data: Float32Array; readonly shape: readonly number[] }>,
    documents: Readonly<Record<string, string>>,
  ): Promise<StoredModel> {
    return this.add(card, documents, (file) => saveModelFile(file, card, config, tensors));
  }

  /** Deletes everything of this workspace: models, reports, caches. @throws {TrainingBusyError} while it is trained */
  async forget(): Promise<void> {
    if (!(await exists(this.folder))) return;
    await withStoreLock(this.folder, async () => {
      // The state first: what is left behind by an end in between is no model.
      await rm(join(this.folder, 'state.json'), { force: true });
      await rm(this.folder, { recursive: true, force: true });
    });
  }

  /** Deletes what a run that was cut off left to go on from. @throws {TrainingBusyError} while it is trained */
  async discardRun(): Promise<void> {
    if (!(await exists(this.folder))) return;
    await withStoreLock(this.folder, () => new CheckpointFolder(this.trainingFolder).clear());
  }

  /** Copies the workspace's model to a file. It holds weights only, no text. @throws {TrainingError} */
  async exportTo(file: string): Promise<void> {
    const model = await this.current();
    if (model === undefined) {
      throw new TrainingError('stored', 'This workspace has no model of its own to export.');
    }
    try {
      await copyFile(model.file, `${file}.part`);
      await rename(`${file}.part`, file);
    } catch (error) {
      await rm(`${file}.part`, { force: true }).catch(() => undefined);
      throw onDisk('The exported model', error);
    }
  }

  /**
   * Takes a model that was exported and uses it from now on, if it opens together with this base.
   * @throws {TrainingError}, {@link ModelError} where it does not; what was used before stays
   */
  async importFrom(file: string, base: string): Promise<StoredModel> {
    const card = await readModelCard(file);
    await mkdir(this.folder, { recursive: true });
    return withStoreLock(this.folder, async () => {
      const trial = join(this.folder, 'composed', 'import');
      await composeModel(base, file, trial);
      await rm(trial, { recursive: true, force: true });
      return this.add(card, {}, (target) => copyFile(file, target));
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
    await this.writeJson('report.json', report);
  }

  private async add(
    card: ModelCard,
    documents: Readonly<Record<string, string>>,
    put: (file: string) => Promise<void>,
  ): Promise<StoredModel> {
    const before = await this.current();
    const id = `${card.createdAt.replace(/[:.]/g, '')}-${randomBytes(3).toString('hex')}`;
    const file = this.fileOf(id);
    await mkdir(join(this.folder, 'models'), { recursive: true });
    try {
      await put(file);
    } catch (error) {
      throw onDisk('The model of this workspace', error);
    }
    const { createdAt, mode, before: was, after } = card;
    const model = { id, file, sha256: await sha256Of(file), createdAt, mode, before: was, after, documents };
    await this.write({ using: 'workspace', model });
    if (before !== undefined) {
      await rm(before.file, { force: true });
      // An engine may still have it open, which Windows does not let go.
      await rm(join(this.folder, 'composed', before.id), { recursive: true, force: true }).catch(() => undefined);
    }
    return model;
  }

  private fileOf(id: string): string {
    return join(this.folder, 'models', `${id}.safetensors`);
  }

  private async state(): Promise<State> {
    const text = await readFile(join(this.folder, 'state.json'), 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw onDisk('The state of this workspace', error);
    });
    if (text === undefined) return NOTHING;
    try {
      const state = JSON.parse(text) as State;
      // The folder may have moved since.
      const model = state.model && { ...state.model, file: this.fileOf(state.model.id) };
      return { using: state.using, model };
    } catch (cause) {
      throw new TrainingError(
        'stored',
        'What this workspace remembers of its model is damaged. Forget the model of this workspace and fine-tune again.',
        { cause },
      );
    }
  }

  private async write(state: State): Promise<void> {
    await this.writeJson('state.json', state);
  }

  private async writeJson(name: string, value: unknown): Promise<void> {
    try {
      await mkdir(this.folder, { recursive: true });
      await writeFileAtomic(join(this.folder, name), `${JSON.stringify(value, undefined, 1)}\n`);
    } catch (error) {
      throw onDisk('The state of this workspace', error);
    }
  }
}
