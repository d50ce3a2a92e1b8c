import { NotificationType, NotificationType0, ProgressType, RequestType, RequestType0 } from 'vscode-jsonrpc/node';
import type { LabelFamily } from '../model/labels';
import type { UnitKind } from '../text/units';

/**
 * What the editor and the engine process say to each other: JSON-RPC 2.0 (vscode-jsonrpc: cancellation and progress included) over
 * Node's IPC pipe. Offsets are UTF-16 code units into a document's text as the editor holds it. A document is named by the key its
 * owner gave it, usually its URI.
 */

export interface LabelProbability {
  readonly id: number;
  readonly probability: number;
}

/** A label as a writer is told of it. */
export interface LabelInfo {
  readonly id: number;
  readonly name: string;
  /** What its sentences do, roughly; absent where nobody has read them. */
  readonly family?: LabelFamily;
  readonly terms: readonly string[];
  readonly examples: readonly string[];
  /** Share of the training units that carry it. */
  readonly frequency: number;
}

/** What runs, and where. */
export interface EngineInfo {
  /** Identity of the opened weights: another model or other weights give another one. */
  readonly weightsId: string;
  readonly model: string;
  readonly folder: string;
  readonly device: { readonly kind: 'cpu' | 'webgpu'; readonly name: string };
  /** How the language model's are held. */
  readonly weights: 'float32' | 'int8' | 'int4';
  readonly parameters: number;
  readonly labelCount: number;
  /** Planner steps: how many units ahead are predicted. */
  readonly steps: number;
  readonly openMilliseconds: number;
}

export interface MemoryInfo {
  readonly pid: number;
  /** Resident set of the engine process. */
  readonly bytes: number;
  readonly modelLoaded: boolean;
  readonly documents: number;
}

export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface OpenParams {
  readonly key: string;
  readonly text: string;
}

export interface EditParams {
  readonly key: string;
  /** Applied one after another. */
  readonly edits: readonly TextEdit[];
}

export interface UnitPlan {
  readonly start: number;
  readonly end: number;
  readonly kind: UnitKind;
  /** The observed label. */
  readonly label: number;
  /** What was expected of the unit before it was read, most probable first. */
  readonly predicted: readonly LabelProbability[];
  /** Of the observed label under that plan, in bits. */
  readonly surprisal: number;
}

export interface PlanParams {
  readonly key: string;
  /** How many labels of each distribution. */
  readonly top: number;
  /** Token under which `progress.plan` is sent; none is sent without it. */
  readonly progress?: string;
}

export interface PlanReply {
  readonly units: readonly UnitPlan[];
  /** For each step after the end of the text, the most probable labels. */
  readonly next: readonly (readonly LabelProbability[])[];
}

export interface NextParams {
  readonly key: string;
  readonly offset: number;
  readonly top: number;
  /** Labels that must not come next. */
  readonly never: readonly number[];
}

/** For each step ahead of the offset, the most probable labels. */
export interface NextReply {
  readonly steps: readonly (readonly LabelProbability[])[];
}

export interface InfluenceParams {
  readonly key: string;
  /** Units whose prediction is to be explained; `units.length` means what follows the text. */
  readonly units: readonly number[];
}

/**
 * Why a unit was expected to do what the plan says: each of the units before it is left out in turn (the planner is run without it), and the
 * change of its most probable label's probability is measured.
 */
export interface Influence {
  readonly unit: number;
  readonly label: number;
  readonly probability: number;
  readonly sources: readonly {
    /** The unit that was left out. */
    readonly unit: number;
    /** The label's probability without it. */
    readonly without: number;
  }[];
}

export interface InfluenceReply {
  readonly influences: readonly Influence[];
}

export interface CompleteParams {
  readonly key: string;
  readonly offset: number;
  /** Labels for the unit being written (at the end of a unit: the next one) and those after it. */
  readonly pins: readonly number[];
  /** Labels that the unit being written must not follow. */
  readonly never: readonly number[];
  readonly gate: 'open' | 'eager' | 'balanced' | 'quiet';
  readonly stop: 'clause' | 'sentence' | 'paragraph';
  readonly alternatives: number;
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly seed?: number;
  /** Token under which the text so far is sent as `partialText` progress (for one completion only). */
  readonly partial?: string;
}

export interface CompletionLabel extends LabelProbability {
  readonly pinned: boolean;
}

export interface CompletionItem {
  readonly text: string;
  /** Of each unit of the text. */
  readonly labels: readonly CompletionLabel[];
  readonly confidence: number;
}

/** Why there is no completion: in one word for the log, and as a sentence for people. */
export interface Silence {
  readonly kind: string;
  readonly sentence: string;
}

export interface CompleteReply {
  readonly completions: readonly CompletionItem[];
  readonly reason: Silence | null;
  readonly milliseconds: { readonly plan: number; readonly first: number | null; readonly total: number };
}

export interface SelfTestReply {
  readonly info: EngineInfo;
  readonly memory: MemoryInfo;
  readonly prompt: string;
  readonly completion: string;
  readonly milliseconds: { readonly plan: number; readonly first: number; readonly total: number };
  readonly tokensPerSecond: number;
  readonly versions: { readonly node: string; readonly onnxruntime: string };
}

export const requests = {
  /** Opens the model where it is not open yet. */
  load: new RequestType0<EngineInfo, void>('model/load'),
  labels: new RequestType0<readonly LabelInfo[], void>('model/labels'),
  /** Closes the model and forgets its caches; the next request that needs it opens it again. */
  unload: new RequestType0<void, void>('model/unload'),
  memory: new RequestType0<MemoryInfo, void>('engine/memory'),
  selfTest: new RequestType0<SelfTestReply, void>('engine/selfTest'),
  plan: new RequestType<PlanParams, PlanReply, void>('document/plan'),
  next: new RequestType<NextParams, NextReply, void>('document/next'),
  influence: new RequestType<InfluenceParams, InfluenceReply, void>('document/influence'),
  complete: new RequestType<CompleteParams, CompleteReply, void>('document/complete'),
};

export const notifications = {
  open: new NotificationType<OpenParams>('document/open'),
  edit: new NotificationType<EditParams>('document/edit'),
  close: new NotificationType<{ readonly key: string }>('document/close'),
  /** Engine to editor: the model was opened; sent before the reply of the request that needed it. */
  loaded: new NotificationType<EngineInfo>('model/loaded'),
  /** Engine to editor: the model was freed, asked for or because nobody used it. The next request that needs it opens it again. */
  unloaded: new NotificationType0('model/unloaded'),
  /** Engine to editor: for the log. Never holds document text. */
  log: new NotificationType<{ readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly message: string }>('log'),
};

export const progress = {
  /** The text of a completion so far. */
  partialText: new ProgressType<string>(),
  /** Steps done and in all of a plan. */
  plan: new ProgressType<{ readonly done: number; readonly total: number }>(),
};
