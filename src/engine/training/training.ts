import type { TrainingErrorKind } from '../../training/errors';
import type { Disposable } from '../engine';
import type {
  ActiveModel,
  JobOptions,
  ModelChoice,
  ModelTransfer,
  StorePlace,
  StoreState,
  Survey,
  TrainingProgress,
  TrainingReport,
} from './protocol';

/** What the editor knows of training. Implemented by `TrainingClient`; tests put a fake in its place. */

export type TrainingFailureCode =
  | TrainingErrorKind
  /** The process was killed, or crashed. */
  | 'killed'
  /** It was ended because the editor closes. */
  | 'stopped'
  | 'program-missing'
  | 'start-failed'
  /** A model folder or file cannot be used. */
  | 'model-broken'
  /** Anything else. */
  | 'failed';

/** Why something about training could not be done, in a sentence that says what happened and what to do. Never holds document text. */
export class TrainingFailure extends Error {
  override readonly name = 'TrainingFailure';

  constructor(
    readonly code: TrainingFailureCode,
    message: string,
  ) {
    super(message);
  }
}

/** A run under way. */
export interface TrainingRun {
  /** Rejects with TrainingFailure. After a kill the checkpoint is there, and the next run goes on from it. */
  readonly report: Promise<TrainingReport>;
  /** Waits after the step that runs. */
  pause(reason: string): void;
  resume(): void;
  /** Ends the run with a report: of the best so far, which is used if it is better, or of nothing. */
  stop(keep: boolean): void;
  /** Ends the process now. The checkpoint is kept. */
  kill(): void;
}

/** All methods reject with TrainingFailure, and with EngineCancelled for their signal. */
export interface Training extends Disposable {
  survey(options: JobOptions, signal: AbortSignal): Promise<Survey>;
  run(options: JobOptions, onProgress: (progress: TrainingProgress) => void): TrainingRun;
  /** The model that the engine is to open; its folder is made where it is not there yet. */
  active(place: StorePlace): Promise<ActiveModel>;
  state(place: StorePlace): Promise<StoreState>;
  use(place: StorePlace, using: ModelChoice): Promise<StoreState>;
  forget(place: StorePlace): Promise<void>;
  /** Deletes what a run that was cut off left to go on from. */
  discard(place: StorePlace): Promise<void>;
  exportTo(transfer: ModelTransfer, signal: AbortSignal): Promise<void>;
  importFrom(transfer: ModelTransfer, signal: AbortSignal): Promise<StoreState>;
  lastReport(place: StorePlace): Promise<TrainingReport | undefined>;
}
