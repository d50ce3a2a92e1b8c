import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { figures } from '../../../../src/editor/training/figures';
import { FineTuning, type FineTuningParts } from '../../../../src/editor/training/fineTuning';
import { ModelCommands } from '../../../../src/editor/training/modelCommands';
import { WorkspaceModels } from '../../../../src/editor/training/models';
import { TrainingNews } from '../../../../src/editor/training/news';
import { Pauses } from '../../../../src/editor/training/pauses';
import type { Question } from '../../../../src/editor/training/question';
import type { Action, ProgressLine, TrainingUi } from '../../../../src/editor/training/ui';
import { Unfinished, type RunMemory } from '../../../../src/editor/training/unfinished';
import type { Disposable } from '../../../../src/engine/engine';
import type {
  ActiveModel,
  JobOptions,
  Measures,
  ModelChoice,
  ModelTransfer,
  StoreState,
  Survey,
  TrainingProgress,
  TrainingReport,
} from '../../../../src/engine/training/protocol';
import type { Training, TrainingRun } from '../../../../src/engine/training/training';
import { english } from '../support/localiser';

export const FIGURES = figures('en', english);

export const SURVEY: Survey = {
  documents: 120,
  heldOutDocuments: 12,
  tokens: 210_000,
  characters: 900_000,
  skipped: { ignored: 2, duplicate: 5, binary: 0 },
  device: 'CPU, 2 threads',
  runtime: 'onnxruntime',
  steps: 400,
  estimatedSeconds: 900,
  memoryBytes: 3.52e9,
  resumable: false,
  changedSince: undefined,
  refusal: undefined,
};

export const MEASURES: Measures = {
  perplexity: 41.2,
  bitsPerCharacter: 1.31,
  plannerTop1: 0.08,
  plannerTop5: 0.22,
  keystrokeSavings: 0.03,
  precision: null,
};

export const REPORT: TrainingReport = {
  outcome: 'adopted',
  model: 'm1',
  mode: 'full',
  finishedAt: '2026-03-01T10:00:00.000Z',
  seconds: 840,
  steps: 400,
  tokensSeen: 409_600,
  tokensPerSecond: 512,
  documents: 120,
  heldOutDocuments: 12,
  before: MEASURES,
  after: { ...MEASURES, perplexity: 29.5, bitsPerCharacter: 1.19, keystrokeSavings: 0.05 },
  curve: [
    { step: 1, loss: 3.9 },
    { step: 200, loss: 3.5, heldOut: 3.52 },
    { step: 400, loss: 3.2, heldOut: 3.41 },
  ],
  examples: [{ prompt: 'The kettle', truth: ' boils.', before: ' is a *thing*.', after: ' boils soon.' }],
};

export function progressOf(part: Partial<TrainingProgress>): TrainingProgress {
  return {
    phase: 'training',
    step: 42,
    steps: 100,
    tokensPerSecond: 2310,
    loss: 3.25,
    heldOutLoss: undefined,
    heldOutBefore: undefined,
    secondsLeft: 360,
    paused: undefined,
    ...part,
  };
}

/** A run in the test's hands. */
export class FakeRun implements TrainingRun {
  readonly said: string[] = [];
  readonly report: Promise<TrainingReport>;
  finish!: (report: TrainingReport) => void;
  fail!: (error: Error) => void;

  constructor(
    readonly options: JobOptions,
    readonly progress: (progress: TrainingProgress) => void,
  ) {
    this.report = new Promise((resolve, reject) => {
      this.finish = resolve;
      this.fail = reject;
    });
    this.report.catch(() => undefined);
  }

  pause(reason: string): void {
    this.said.push(`pause ${reason}`);
  }
  resume(): void {
    this.said.push('resume');
  }
  stop(keep: boolean): void {
    this.said.push(keep ? 'keep' : 'discard');
  }
  kill(): void {
    this.said.push('kill');
  }
}

/** Training without a process. What it is asked is noted; what it answers is the test's. */
export class FakeTraining implements Training {
  readonly asked: string[] = [];
  readonly surveys: JobOptions[] = [];
  readonly runs: FakeRun[] = [];
  found: Survey | Error | ((options: JobOptions) => Survey | Error) = SURVEY;
  storeState: StoreState = { using: 'starter', model: null };
  failure: Error | undefined;
  report: TrainingReport | undefined;

  get last(): FakeRun {
    return this.runs.at(-1)!;
  }

  survey(options: JobOptions, signal: AbortSignal): Promise<Survey> {
    this.surveys.push(options);
    signal.throwIfAborted();
    const found = typeof this.found === 'function' ? this.found(options) : this.found;
    return found instanceof Error ? Promise.reject(found) : Promise.resolve(found);
  }
  run(options: JobOptions, onProgress: (progress: TrainingProgress) => void): TrainingRun {
    const run = new FakeRun(options, onProgress);
    this.runs.push(run);
    return run;
  }
  active(): Promise<ActiveModel> {
    return this.answer('active', { folder: '/composed', state: this.storeState });
  }
  state(): Promise<StoreState> {
    return this.answer('state', this.storeState);
  }
  use(_place: unknown, using: ModelChoice): Promise<StoreState> {
    return this.answer(`use ${using}`, (this.storeState = { ...this.storeState, using }));
  }
  forget(): Promise<void> {
    return this.answer('forget', undefined);
  }
  discard(): Promise<void> {
    return this.answer('discard', undefined);
  }
  exportTo({ file }: ModelTransfer): Promise<void> {
    return this.answer(`export ${file}`, undefined);
  }
  importFrom({ file }: ModelTransfer): Promise<StoreState> {
    return this.answer(`import ${file}`, OWN);
  }
  lastReport(): Promise<TrainingReport | undefined> {
    return this.answer('lastReport', this.report);
  }
  dispose(): void {
    this.asked.push('dispose');
  }

  private answer<T>(question: string, value: T): Promise<T> {
    this.asked.push(question);
    return this.failure ? Promise.reject(this.failure) : Promise.resolve(value);
  }
}

/** A workspace with a model of its own. */
export const OWN: StoreState = {
  using: 'workspace',
  model: { id: 'm1', createdAt: '2026-03-01T10:00:00.000Z', mode: 'light', before: MEASURES, after: MEASURES },
};

/** A writer who answers as the test says, and notes what is on the screen. */
export class FakeUi implements TrainingUi {
  readonly questions: Question<unknown>[] = [];
  readonly told: { readonly kind: string; readonly message: string; readonly actions: readonly Action[] }[] = [];
  readonly notes: string[] = [];
  readonly executed: string[] = [];
  readonly lines: ProgressLine[] = [];
  readonly titles: string[] = [];
  /** What is chosen next, by label; none: cancelled. A function is asked at that moment. */
  answers: (string | undefined | (() => string | undefined | Promise<string | undefined>))[] = [];
  file: string | undefined;
  /** Presses the cancel button of what is under way. */
  cancel: () => void = () => undefined;
  private readonly waiting: (() => void)[] = [];

  async during<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.titles.push(title);
    const controller = new AbortController();
    this.cancel = () => controller.abort();
    return work(controller.signal);
  }
  async ask<T>(question: Question<T>): Promise<T | undefined> {
    this.questions.push(question);
    this.waiting.splice(0).forEach((wake) => wake());
    const next = this.answers.shift();
    const label = typeof next === 'function' ? await next() : next;
    if (label === undefined) return undefined;
    const choice = question.choices.find((each) => each.label === label);
    if (choice === undefined) throw new Error(`There is no answer “${label}”.`);
    return choice.value;
  }
  tell(kind: string, message: string, actions: readonly Action[] = []): void {
    this.told.push({ kind, message, actions });
  }
  note(message: string): void {
    this.notes.push(message);
  }
  async watch(
    title: string,
    listen: (show: (line: ProgressLine) => void) => Disposable,
    ended: Promise<unknown>,
  ): Promise<'ended' | 'cancelled'> {
    this.titles.push(title);
    const listening = listen((line) => this.lines.push(line));
    const cancelled = new Promise<'cancelled'>((resolve) => (this.cancel = () => resolve('cancelled')));
    const how = await Promise.race([ended.then(() => 'ended' as const), cancelled]);
    listening.dispose();
    return how;
  }
  pickFile(): Promise<string | undefined> {
    return Promise.resolve(this.file);
  }
  execute(command: string, argument?: string): void {
    this.executed.push(argument === undefined ? command : `${command} ${argument}`);
  }

  /** Presses a button of the last message. */
  press(title: string): unknown {
    const action = this.told.at(-1)?.actions.find((each) => each.title === title);
    if (action === undefined) throw new Error(`There is no button “${title}”.`);
    return action.run();
  }
}

export class FakeMemory implements RunMemory {
  run: ReturnType<RunMemory['get']>;

  get(): ReturnType<RunMemory['get']> {
    return this.run;
  }
  set(run: ReturnType<RunMemory['get']>): void {
    this.run = run;
  }
}

/** A window in which one can fine-tune, with nothing real behind it but a folder for the store. */
export class Window {
  readonly training = new FakeTraining();
  readonly ui = new FakeUi();
  readonly memory = new FakeMemory();
  readonly log: string[] = [];
  readonly store: string | undefined;
  readonly models: WorkspaceModels;
  readonly pauses: Pauses;
  readonly fineTuning: FineTuning;
  readonly commands: ModelCommands;
  changes = 0;
  battery = false;
  ground: ReturnType<FineTuningParts['ground']> = { kind: 'folders', folders: ['/notes'] };
  device: JobOptions['device'] = 'cpu';
  /** Another where the GPU was not asked for by name. */
  deviceAfterFailure: JobOptions['device'] = 'cpu';
  /** Whether the editor's process that began an earlier run still lives. */
  othersLive = false;

  /** @param store a folder, `null` for a window without one; a new folder unless told */
  constructor(given?: string | null) {
    const store = given === null ? undefined : (given ?? mkdtempSync(join(tmpdir(), 'planwright-store-')));
    const { training, ui } = this;
    const log = (level: string, message: string): void => void this.log.push(`${level}: ${message}`);
    this.store = store;
    this.models = new WorkspaceModels({ training, store, base: () => '/starter', log });
    this.models.changed.listen(() => this.changes++);
    this.pauses = new Pauses({ onBattery: () => Promise.resolve(this.battery) });
    this.fineTuning = new FineTuning({
      training,
      models: this.models,
      pauses: this.pauses,
      ui,
      news: new TrainingNews(ui, english, FIGURES, log),
      unfinished: new Unfinished(this.memory, 1, () => this.othersLive),
      ground: () => this.ground,
      options: (folders, mode, again, begunOn) =>
        Promise.resolve({
          baseFolder: '/starter',
          storeFolder: store ?? '',
          folders: folders.map((path) => ({ path, exclude: [] })),
          include: [],
          mode,
          device: begunOn ?? this.device,
          runtime: 'auto',
          minutes: 15,
          seed: 1,
          again,
        }),
      gpuFailed: () => (this.device = this.deviceAfterFailure),
      workspaceName: () => 'notes',
      l10n: english,
      figures: FIGURES,
      log,
    });
    this.commands = new ModelCommands({
      training,
      models: this.models,
      ui,
      l10n: english,
      figures: FIGURES,
      abandonRun: () => this.fineTuning.abandon(),
    });
  }
}

/** Lets everything happen that is only waiting for its turn. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}
