import type { PlannerLM } from '../model/plannerLm';
import type { CheckpointFolder, Progress, Tensors } from './checkpoint';
import { batchModel, heldOutBatches, TrainingBatches, type Batch } from './corpus/batches';
import type { PreparedDocument } from './corpus/prepared';
import type { Hyperparameters } from './hyperparameters';
import type { JobControl, JobOptions } from './jobTypes';
import { runLoop, type LoopResult } from './loop';
import type { ModelCard } from './modelCard';
import { tunedLayout } from './modelFile';
import { tensorsOf } from './parameterBook';
import { openTrainingRuntime } from './runtimes';
import type { TrainingSources } from './sources';
import { stepsFor } from './stepCount';
import { Trainer } from './trainer';

/** Held-out tokens that are measured during a run. */
const WATCHED_TOKENS = 24_000;

/** Steps that are tried before it is decided how many fit into the time; the fastest counts. */
const REHEARSALS = 3;
/** Steps whose tokens are counted to know how many a step has: rows of short documents are mostly padding. */
const COUNTED_STEPS = 16;

/** The documents of a run, as the model sees them. */
export interface TrainingText {
  readonly train: readonly PreparedDocument[];
  readonly heldOut: readonly PreparedDocument[];
  /** General text, against forgetting. */
  readonly replay: readonly PreparedDocument[];
}

export interface TuneOptions {
  readonly options: JobOptions;
  readonly control: JobControl;
  readonly hyperparameters: Hyperparameters;
  readonly sources: TrainingSources;
  readonly checkpoints: CheckpointFolder;
  readonly text: TrainingText;
  /** The model that prepared the text. */
  readonly model: Pick<PlannerLM, 'config' | 'tokenizer'>;
  /** Name of the run: its checkpoint is taken up. */
  readonly identity: string;
}

/** Weights that predict the held-out documents better than those of before. */
export interface Candidate {
  readonly tensors: Tensors;
  readonly lowRank: ModelCard['lowRank'];
}

export interface Tuned {
  readonly result: LoopResult;
  readonly candidate: Candidate | undefined;
  /** Tokens that a step learns from, on average. */
  readonly tokensPerStep: number;
}

/** The training itself, from the checkpoint of the same run where there is one. */
export async function tune(job: TuneOptions): Promise<Tuned> {
  const { options, hyperparameters: h, sources, checkpoints, text, model } = job;
  const batches = new TrainingBatches({
    documents: text.train,
    replay: text.replay,
    replayShare: h.replay,
    shape: h,
    seed: options.seed,
    model: batchModel(model),
  });
  const batchesOf = (step: number): Batch[] =>
    Array.from({ length: h.accumulate }, (_, i) => batches.at((step - 1) * h.accumulate + i));
  const tokensPerStep = countedTokens(batchesOf) / COUNTED_STEPS;
  const watched = watchedBatches(text.heldOut, h, model);
  const saved = await checkpoints.load(job.identity);
  const trainer = await Trainer.open({
    sources,
    runtime: (await openTrainingRuntime(options)).runtime,
    hyperparameters: h,
    steps: saved?.progress.steps ?? 2,
    seed: options.seed,
    ...(options.threads !== undefined && { threads: options.threads }),
  });
  try {
    let from = saved?.progress;
    if (saved === undefined) {
      // The first run of a session is slower than all others; and what disturbs one step would make all that follow too few.
      await trainer.rehearse(batchesOf(1));
      const times: number[] = [];
      for (let i = 0; i < REHEARSALS; i++) times.push(await trainer.rehearse(batchesOf(1)));
      const stepMs = Math.min(...times);
      const tokens = text.train.reduce((sum, { scored }) => sum + scored.reduce((n, flag) => n + flag, 0), 0);
      const steps = stepsFor(stepMs, tokens, tokensPerStep, options.minutes);
      trainer.plan(steps);
      from = begin(job.identity, steps, await trainer.heldOutLoss(watched));
    } else {
      trainer.restore(saved.tensors);
    }
    const result = await runLoop({
      trainer,
      batchesOf,
      heldOut: () => watched,
      tokensPerStep,
      checkpoints,
      from: from!,
      control: job.control,
    });
    const { best } = result.progress;
    if (best === undefined) return { result, candidate: undefined, tokensPerStep };
    const tensors = cut(await checkpoints.loadBest(best), trainer, sources);
    return { result, candidate: { tensors, lowRank: trainer.lowRank }, tokensPerStep };
  } finally {
    await trainer.dispose();
  }
}

/** Tokens that count in the first steps. */
function countedTokens(batchesOf: (step: number) => readonly Batch[]): number {
  let tokens = 0;
  for (let step = 1; step <= COUNTED_STEPS; step++) {
    for (const { targetWeights } of batchesOf(step)) tokens += targetWeights.reduce((sum, weight) => sum + weight, 0);
  }
  return tokens;
}

function begin(run: string, steps: number, heldOutBefore: number): Progress {
  return { run, step: 0, steps, seconds: 0, heldOutBefore, curve: [], best: undefined, sinceBest: 0 };
}

/** The held-out batches that are watched: of the first documents, up to a number of tokens. */
function watchedBatches(
  documents: readonly PreparedDocument[],
  h: Hyperparameters,
  model: Pick<PlannerLM, 'config' | 'tokenizer'>,
): Batch[] {
  const batches: Batch[] = [];
  let tokens = 0;
  for (const batch of heldOutBatches(documents, h, batchModel(model))) {
    batches.push(batch);
    tokens += batch.targetWeights.reduce((sum, weight) => sum + weight, 0);
    if (tokens >= WATCHED_TOKENS) break;
  }
  return batches;
}

/** Parameters as the tensors of the model's files. */
function cut(parameters: Tensors, trainer: Trainer, { config }: TrainingSources): Tensors {
  const layout = tunedLayout(config);
  const tensors = new Map<string, { readonly data: Float32Array; readonly shape: readonly number[] }>();
  for (const parameter of trainer.parameters) {
    const { data, shape } = parameters.get(parameter.name)!;
    for (const [name, values] of tensorsOf(parameter, data, layout)) {
      tensors.set(name, { data: values, shape: layout.get(name) ?? shape });
    }
  }
  return tensors;
}
