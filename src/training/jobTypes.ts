import type { DocumentFolder } from './corpus/walk';

/** `full` tunes LM, adapter and planner; `light` adapter and planner, and thin matrices beside the LM's (LoRA): a small file. */
export type TrainingMode = 'full' | 'light';

export interface JobOptions {
  /** The model to start from: the bundled one, or another of its kind. */
  readonly baseFolder: string;
  /** Where this workspace's models, checkpoint and caches are kept. */
  readonly storeFolder: string;
  readonly folders: readonly DocumentFolder[];
  /** Globs of files to read; the usual ones if empty. One that begins with "!" leaves out. */
  readonly include: readonly string[];
  readonly mode: TrainingMode;
  readonly device: 'cpu' | 'webgpu';
  readonly runtime: 'auto' | 'onnxruntime' | 'tfjs';
  readonly threads?: number;
  /** How long it may take, in minutes of training. */
  readonly minutes: number;
  readonly seed: number;
  /** Whether to go on from this workspace's model instead of the bundled one. */
  readonly again?: boolean;
  /** Whether to take up the same run where it was cut off, if it was; its checkpoint is deleted otherwise. */
  readonly resume?: boolean;
}

/** What would be used and how long it would take. */
export interface Survey {
  readonly documents: number;
  readonly heldOutDocuments: number;
  readonly tokens: number;
  readonly characters: number;
  /** How many files were left out, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  /** For people: the device and the run-time that would be used. */
  readonly device: string;
  readonly runtime: string;
  readonly steps: number;
  readonly estimatedSeconds: number;
  /** Of the process that tunes, at its peak: what it came to as all that a run does was tried. 0 where nothing was. */
  readonly memoryBytes: number;
  /** An earlier run on the same documents was cut off and can be taken up again. */
  readonly resumable: boolean;
  /** Documents that are new or changed since the workspace's model was tuned; undefined where there is none. */
  readonly changedSince: number | undefined;
  /** Why it cannot be run, such as too little text. */
  readonly refusal: string | undefined;
}

export interface TrainingProgress {
  readonly phase: 'reading' | 'preparing' | 'measuring' | 'training' | 'reporting';
  /** Of this phase. */
  readonly step: number;
  readonly steps: number;
  readonly tokensPerSecond: number;
  /** Nats per token, of the training text lately and of the held-out documents. */
  readonly loss: number | undefined;
  readonly heldOutLoss: number | undefined;
  readonly heldOutBefore: number | undefined;
  readonly secondsLeft: number | undefined;
  /** Why it waits, where it does. */
  readonly paused: string | undefined;
}

/** How good a model is on the held-out documents. */
export interface Measures {
  readonly perplexity: number;
  readonly bitsPerCharacter: number;
  readonly plannerTop1: number | null;
  readonly plannerTop5: number | null;
  /** Shares of keys saved and of shown suggestions accepted; null where not measured. */
  readonly keystrokeSavings: number | null;
  readonly precision: number | null;
}

export interface CurvePoint {
  readonly step: number;
  readonly loss: number;
  readonly heldOut?: number;
}

/** A place in a held-out document, and how it is written on by both models and by its author. */
export interface ReportExample {
  readonly prompt: string;
  readonly truth: string;
  readonly before: string;
  readonly after: string;
}

export interface TrainingReport {
  readonly outcome: 'adopted' | 'not-better' | 'stopped-kept' | 'stopped-discarded';
  /** Its id in the store. */
  readonly model: string | undefined;
  readonly mode: TrainingMode;
  readonly finishedAt: string;
  readonly seconds: number;
  readonly steps: number;
  readonly tokensSeen: number;
  readonly tokensPerSecond: number;
  readonly documents: number;
  readonly heldOutDocuments: number;
  /** Of the model to be bettered: the one that was tuned, or the workspace's own where that is better. */
  readonly before: Measures;
  readonly after: Measures | undefined;
  readonly curve: readonly CurvePoint[];
  readonly examples: readonly ReportExample[];
}

/** How a running job is watched and ended. */
export interface JobControl {
  /** Ends the job; see `onStop`. */
  readonly signal: AbortSignal;
  /** Read when the signal aborts: the best so far is reported and used if it is better, or nothing remains. */
  readonly onStop: 'keep' | 'discard';
  /** Asked between steps: why to wait, or undefined to go on. */
  readonly paused: () => string | undefined;
  readonly onProgress: (progress: TrainingProgress) => void;
}
