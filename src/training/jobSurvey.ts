import { join } from 'node:path';
import { readJson } from '../model/folder';
import { Tokenizer } from '../text/tokenizer';
import { CheckpointFolder } from './checkpoint';
import { changedSince, corpusOf, modeOf, refusalOf, runIdentity, skippedByReason, textsOf } from './corpusOfJob';
import { emptyBatch } from './corpus/batches';
import { hyperparametersFor } from './hyperparameters';
import type { JobOptions, Survey, TrainingMode } from './jobTypes';
import { MEASURED_DOCUMENTS } from './judge';
import { baseOf } from './modelFile';
import { openTrainingRuntime } from './runtimes';
import { TrainingSources } from './sources';
import { stepsFor } from './stepCount';
import { WorkspaceStore } from './store';
import { Trainer } from './trainer';

/** Reading units, on two cores (measured). */
const PREPARE_SECONDS_PER_CHARACTER = 6e-5;
/**
 * Measuring both models, and the weights now and then, takes as long as so many steps where as many documents are held out as are measured (with the bundled
 * model on two cores: 22 minutes in all for 14 of steps).
 */
const MEASURED_AS_STEPS = 70;
/** A run's memory by its trial's: 4.7 to 3.7 GB with the bundled model in full mode (measured). It has opened the model before, to measure. */
const MEMORY_OF_RUN = 1.25;

/**
 * What a job would use and how long it would take: the documents are read, and one step is tried out.
 * @throws {CancelledError}; {@link ModelError} for a broken model
 */
export async function survey(options: JobOptions, signal?: AbortSignal): Promise<Survey> {
  const store = new WorkspaceStore(options.storeFolder);
  const current = await store.current();
  const corpus = await corpusOf(options, current, signal);
  const characters = corpus.documents.reduce((sum, { text }) => sum + text.length, 0);
  const tokenizer = Tokenizer.open(await readJson(join(options.baseFolder, 'tokenizer.json')));
  const count = (split: 'train' | 'heldOut'): number[] =>
    textsOf(corpus, split).map(({ text }) => tokenizer.encode(text).ids.length);
  const sizes = count('train');
  const trainTokens = total(sizes);
  const facts = {
    documents: corpus.documents.length,
    heldOutDocuments: textsOf(corpus, 'heldOut').length,
    tokens: trainTokens + total(count('heldOut')),
    characters,
    skipped: skippedByReason(corpus),
    changedSince: current === undefined ? undefined : changedSince(corpus, current.documents),
    refusal: refusalOf(corpus),
  };
  const { name, device } = await openTrainingRuntime(options);
  if (facts.refusal !== undefined) {
    return { ...facts, runtime: name, device, steps: 0, estimatedSeconds: 0, memoryBytes: 0, resumable: false };
  }
  const progress = await new CheckpointFolder(store.trainingFolder).progress();
  const earlier = options.again === true ? current : undefined;
  const base = await baseOf(options.baseFolder);
  const resumable = progress?.run === runIdentity(corpus, options, { base, earlier });
  const { stepMs, rows, length } = await trialStep(options, modeOf(options, earlier), signal);
  // Windows are drawn by tokens, and none is longer than its document.
  const perStep = (rows * total(sizes.map((size) => size * Math.min(size, length)))) / trainTokens;
  const steps = resumable ? progress.steps - progress.step : stepsFor(stepMs, trainTokens, perStep, options.minutes);
  const measuring = MEASURED_AS_STEPS * Math.min(1, facts.heldOutDocuments / MEASURED_DOCUMENTS);
  const estimatedSeconds = ((steps + measuring) * stepMs) / 1000 + characters * PREPARE_SECONDS_PER_CHARACTER;
  // In kilobytes, on every system.
  const memoryBytes = process.resourceUsage().maxRSS * 1024 * MEMORY_OF_RUN;
  return { ...facts, runtime: name, device, steps, estimatedSeconds, memoryBytes, resumable };
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** The milliseconds that a step takes here, its rows and their length. What a run does is done once, and thrown away. */
async function trialStep(
  options: JobOptions,
  mode: TrainingMode,
  signal: AbortSignal | undefined,
): Promise<{ stepMs: number; rows: number; length: number }> {
  const { runtime } = await openTrainingRuntime(options);
  const sources = await TrainingSources.open(options.baseFolder);
  const hyperparameters = hyperparametersFor(mode, sources.config);
  try {
    const trainer = await Trainer.open({
      sources,
      runtime,
      hyperparameters,
      steps: 2,
      seed: options.seed,
      ...(options.threads !== undefined && { threads: options.threads }),
    });
    try {
      const { config } = sources;
      const empty = emptyBatch(hyperparameters, {
        embeddingSize: config.encoder.embeddingSize,
        steps: config.planner.steps,
      });
      const batches = Array.from({ length: hyperparameters.accumulate }, () => empty);
      signal?.throwIfAborted();
      // The first run of a session is slower than all others.
      await trainer.rehearse(batches);
      signal?.throwIfAborted();
      const stepMs = await trainer.rehearse(batches);
      // What a run does besides, for the memory that it takes.
      await trainer.heldOutLoss([{ ...empty, targetWeights: empty.targetWeights.map(() => 1) }], signal);
      await trainer.checkpoint();
      const { batch, accumulate, length } = hyperparameters;
      return { stepMs, rows: batch * accumulate, length };
    } finally {
      await trainer.dispose();
    }
  } finally {
    await sources.close();
  }
}
