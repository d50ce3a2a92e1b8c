import type {
  CompleteParams,
  CompleteReply,
  EngineInfo,
  InfluenceReply,
  LabelInfo,
  MemoryInfo,
  NextReply,
  PlanReply,
  SelfTestReply,
} from './protocol';

/** What the editor knows of the engine. Implemented by `EngineClient`; tests put a fake in its place. */

export interface Disposable {
  dispose(): void;
}

export type EngineState =
  /** No process: nothing has asked for one yet, or the engine was stopped. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready'; readonly info: EngineInfo; readonly skippedDevice: SkippedDevice | undefined }
  /** The model was freed, and with it the process, unless someone waits for it; the next request opens it again. */
  | { readonly kind: 'unloaded' }
  | { readonly kind: 'restarting'; readonly attempt: number; readonly inMilliseconds: number }
  /** It will not be started again unless asked (`restart`). */
  | { readonly kind: 'failed'; readonly error: EngineError };

/** A device that is not used, and why not. */
export interface SkippedDevice {
  readonly device: 'webgpu';
  readonly reason: string;
  /** It may be the better one: nobody knows yet. */
  readonly untried?: boolean;
}

export type EngineErrorCode =
  'program-missing' | 'start-failed' | 'crashed' | 'model-broken' | 'request-failed' | 'stopped';

/** What went wrong with the engine, in a sentence that says what happened and what to do. Never holds document text. */
export class EngineError extends Error {
  override readonly name = 'EngineError';

  constructor(
    readonly code: EngineErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** The request was cancelled by its caller's signal. */
export class EngineCancelled extends Error {
  override readonly name = 'EngineCancelled';

  constructor() {
    super('The request was cancelled.');
  }
}

export type CompleteRequest = Omit<CompleteParams, 'key' | 'partial'>;

export interface CompleteHooks {
  readonly signal?: AbortSignal;
  /** The text so far (of the first completion, before filters and gate). */
  readonly onPartial?: (text: string) => void;
}

/**
 * A document that the engine follows. Edits are only noted down; they are sent, together, before the next request, so that a keystroke costs
 * nothing and a completion that is being generated goes on until it is cancelled. After a restart of the engine the whole text is sent again.
 * Requests reject with EngineCancelled or EngineError. One that an edit overtakes before it is answered ends as cancelled too; a completion as one
 * with the reason `document-changed`. After `dispose` every request ends as cancelled.
 */
export interface EngineDocument extends Disposable {
  readonly key: string;
  /** Notes that [start, end) of the text was replaced. */
  edited(start: number, end: number, text: string): void;
  /** The text changed in ways that are not known as edits: all of it is sent again. */
  reset(): void;
  /** Frees what the engine keeps of it; the next request sends the text again. */
  release(): void;
  plan(top: number, signal?: AbortSignal, onProgress?: (done: number, total: number) => void): Promise<PlanReply>;
  next(offset: number, top: number, never: readonly number[], signal?: AbortSignal): Promise<NextReply>;
  influences(units: readonly number[], signal?: AbortSignal): Promise<InfluenceReply>;
  complete(request: CompleteRequest, hooks?: CompleteHooks): Promise<CompleteReply>;
}

export interface Engine extends Disposable {
  readonly state: EngineState;
  onDidChangeState(listener: (state: EngineState) => void): Disposable;
  /** Whether someone waits for an answer: what else wants the machine should wait too. */
  readonly isWorking: boolean;
  onDidChangeWorking(listener: (working: boolean) => void): Disposable;
  /** @param text the whole text as it is now, asked for when it must be sent */
  document(key: string, text: () => string): EngineDocument;
  /** Starts the process and opens the model where that is not done yet. */
  load(signal?: AbortSignal): Promise<EngineInfo>;
  labels(signal?: AbortSignal): Promise<readonly LabelInfo[]>;
  /** Frees the model's memory, and ends the process unless someone waits for it. Never starts one. */
  unload(): Promise<void>;
  /** Undefined where no process runs. Never starts one. */
  memory(): Promise<MemoryInfo | undefined>;
  selfTest(signal?: AbortSignal): Promise<SelfTestReply>;
  /** Where fine-tuning is to run, by the settings and by what is known of the GPU. Starts no engine and tries nothing. */
  tuningDevice(): Promise<'cpu' | 'webgpu'>;
  /** Ends the process. The next request starts a new one. */
  stop(): Promise<void>;
  /** Ends the process, forgets failures and starts anew. */
  restart(): Promise<EngineInfo>;
}
