import { NotificationType, NotificationType0, RequestType } from 'vscode-jsonrpc/node';
import type { JobOptions, Survey, TrainingProgress, TrainingReport } from '../../training/jobTypes';
import type { ModelChoice, StoredModel } from '../../training/store';

export type {
  CurvePoint,
  JobOptions,
  Measures,
  ReportExample,
  Survey,
  TrainingMode,
  TrainingProgress,
  TrainingReport,
} from '../../training/jobTypes';
export type { ModelChoice } from '../../training/store';

/**
 * What the editor and a training process say to each other: JSON-RPC 2.0 (vscode-jsonrpc) over Node's IPC pipe, as with the engine. A process does
 * one thing and is ended. It also looks after the workspace's store, so that the editor's own process neither hashes nor copies weights.
 */

/** A workspace's store of models, and the model that its own ones are made from. */
export interface StorePlace {
  readonly store: string;
  readonly base: string;
}

/** What the editor is told of a workspace's model. */
export type ModelSummary = Pick<StoredModel, 'id' | 'createdAt' | 'mode' | 'before' | 'after'>;

export interface StoreState {
  readonly using: ModelChoice;
  /** The workspace's own model; null where there is none. */
  readonly model: ModelSummary | null;
}

/** What the engine is to open. */
export interface ActiveModel {
  readonly folder: string;
  readonly state: StoreState;
}

/** A store, and a file that its model is copied to or from. */
export interface ModelTransfer extends StorePlace {
  readonly file: string;
}

export const requests = {
  survey: new RequestType<JobOptions, Survey, void>('training/survey'),
  /** Trains. Ends with a report; `stop` ends it sooner. */
  run: new RequestType<JobOptions, TrainingReport, void>('training/run'),
  /** The model that the engine is to open; its folder is made where it is not there yet. */
  active: new RequestType<StorePlace, ActiveModel, void>('store/active'),
  state: new RequestType<StorePlace, StoreState, void>('store/state'),
  use: new RequestType<StorePlace & { readonly using: ModelChoice }, StoreState, void>('store/use'),
  /** Deletes everything that was learnt from the workspace. */
  forget: new RequestType<StorePlace, null, void>('store/forget'),
  /** Deletes what a run that was cut off left to go on from. */
  discard: new RequestType<StorePlace, null, void>('store/discard'),
  exportTo: new RequestType<ModelTransfer, null, void>('store/export'),
  importFrom: new RequestType<ModelTransfer, StoreState, void>('store/import'),
  lastReport: new RequestType<StorePlace, TrainingReport | null, void>('store/lastReport'),
};

export const notifications = {
  /** Editor to process: waits after the step that runs, until `resume`. */
  pause: new NotificationType<{ readonly reason: string }>('training/pause'),
  resume: new NotificationType0('training/resume'),
  /** Editor to process: ends the run; the best so far is kept, or nothing remains. The last one counts. */
  stop: new NotificationType<{ readonly keep: boolean }>('training/stop'),
  progress: new NotificationType<TrainingProgress>('training/progress'),
};
