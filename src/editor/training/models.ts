import { existsSync } from 'node:fs';
import type { Log } from '../../engine/engineProcess';
import type { StorePlace, StoreState } from '../../engine/training/protocol';
import type { Training } from '../../engine/training/training';
import { Signal } from '../signal';

export interface WorkspaceModelsOptions {
  readonly training: Training;
  /** The folder that the editor keeps for this workspace; undefined where no folder is open. */
  readonly store: string | undefined;
  /** The model that this workspace's own ones are made from: the bundled one, or that of the settings. */
  readonly base: () => string;
  readonly log: Log;
}

/** The models of this workspace, as the editor knows them: which there are, and which one the engine opens. */
export class WorkspaceModels {
  /** Another model is to be used from now on. */
  readonly changed = new Signal<void>();
  /** The workspace's model cannot be used, and why; the starter is used in its place. */
  readonly troubled = new Signal<string>();
  private state: StoreState | undefined;
  /** What was told of last: the engine starts often, and each time the same would be in the way. */
  private told: string | undefined;

  constructor(private readonly options: WorkspaceModelsOptions) {}

  /** What is known of the store without asking. */
  get known(): StoreState | undefined {
    return this.state;
  }

  /** The model that this workspace's own ones are made from. */
  get base(): string {
    return this.options.base();
  }

  /** Where the models are; undefined where no folder is open. */
  get place(): StorePlace | undefined {
    const { store } = this.options;
    return store === undefined ? undefined : { store, base: this.base };
  }

  /** The model folder for the engine. Never rejects: a workspace's model that cannot be used is told of, and the starter takes its place. */
  async activeFolder(): Promise<string> {
    const { place } = this;
    // Without a store nothing has been learnt, and no process is needed to say so.
    if (place === undefined || !existsSync(place.store)) return this.base;
    try {
      const { folder, state } = await this.options.training.active(place);
      this.state = state;
      this.told = undefined;
      return folder;
    } catch (error) {
      const { message } = error as Error;
      this.options.log('warn', `The workspace's model is not used: ${message}`);
      if (message !== this.told) this.troubled.emit(message);
      this.told = message;
      return place.base;
    }
  }

  /** What the store holds; undefined where no folder is open. @throws {TrainingFailure} */
  async look(): Promise<StoreState | undefined> {
    const { place } = this;
    if (place === undefined) return undefined;
    if (!existsSync(place.store)) return (this.state = { using: 'starter', model: null });
    return (this.state = await this.options.training.state(place));
  }

  /** The store changed, and with it the model to be used. */
  replaced(state?: StoreState): void {
    this.state = state;
    this.told = undefined;
    this.changed.emit();
  }
}
