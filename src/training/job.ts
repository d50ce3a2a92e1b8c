import { join } from 'node:path';
import { ModelError } from '../model/errors';
import type { PlannerLM } from '../model/plannerLm';
import { ModelText } from '../writing/modelText';
import { isDiscarded, settle } from './adoption';
import { CheckpointFolder } from './checkpoint';
import { withoutFrontMatter } from './corpus/frontMatter';
import { prepare } from './corpus/prepared';
import type { Corpus, CorpusDocument } from './corpus/survey';
import {
  corpusOf,
  hashesOf,
  modeOf,
  refusalOf,
  replayTexts,
  runIdentity,
  textsOf,
  trainedOnOf,
  type Start,
} from './corpusOfJob';
import { TrainingError } from './errors';
import { hyperparametersFor } from './hyperparameters';
import type { JobControl, JobOptions, TrainingMode, TrainingProgress, TrainingReport } from './jobTypes';
import { judge, withModelOf, yardstickOf, type Judgement, type Yardstick } from './judge';
import { baseOf } from './modelFile';
import { TrainingSources } from './sources';
import { WorkspaceStore, type StoredModel } from './store';
import { withStoreLock } from './storeLock';
import { tune, type TrainingText } from './tune';

/**
 * Tunes planner and LM jointly on a workspace's documents, and uses the result if it predicts the held-out ones better than the model that was tuned, and than the
 * workspace's own, which it would replace.
 * @throws {TrainingError} too little text, another run, diverged, disk; {@link ModelError} for a broken model; {@link CancelledError} where it is
 * ended before the first step. What was used before stays.
 */
export async function fineTune(options: JobOptions, control: JobControl): Promise<TrainingReport> {
  const store = new WorkspaceStore(options.storeFolder);
  const checkpoints = new CheckpointFolder(store.trainingFolder);
  return withStoreLock(options.storeFolder, async (assertHeld) => {
    if (options.resume !== true) await checkpoints.clear();
    const held: JobControl = {
      signal: control.signal,
      get onStop() {
        return control.onStop;
      },
      paused: () => control.paused(),
      onProgress: (progress) => {
        assertHeld();
        control.onProgress(progress);
      },
    };
    try {
      const report = await run({ options, control: held, store, assertHeld }, checkpoints);
      assertHeld();
      // The model is in its place by now: that there is nowhere to keep the report must not make a failure of it.
      if (report.outcome !== 'stopped-discarded') await store.keepReport(report).catch(() => undefined);
      await checkpoints.clear();
      return report;
    } catch (error) {
      assertHeld();
      if (isDiscarded(control)) await checkpoints.clear();
      throw error;
    }
  });
}

/** A run, and all that it works with. */
interface Run {
  readonly options: JobOptions;
  readonly control: JobControl;
  readonly store: WorkspaceStore;
  readonly assertHeld: () => void;
}

/** What a run learns from and starts from. */
interface Ground extends Start {
  readonly corpus: Corpus;
  readonly heldOut: readonly CorpusDocument[];
  readonly yardstick: Yardstick;
  readonly mode: TrainingMode;
  /** The workspace's model that is gone on from, or the one that would be replaced. */
  readonly earlier: StoredModel | undefined;
  readonly replaced: StoredModel | undefined;
}

async function run(job: Run, checkpoints: CheckpointFolder): Promise<TrainingReport> {
  const began = performance.now();
  const { options, control } = job;
  const ground = await groundOf(job);
  const { base, corpus, earlier, heldOut, mode, yardstick } = ground;
  const { model, text, start } = await prepared(job, ground);
  const before = await toBetter(job, ground, start);
  const sources = await TrainingSources.open(options.baseFolder, earlier?.file);
  try {
    const { config } = sources;
    const tuned = await tune({
      options,
      control,
      hyperparameters: hyperparametersFor(mode, config),
      sources,
      checkpoints,
      text,
      model,
      identity: runIdentity(corpus, options, ground),
    });
    const outcome = await settle(tuned, {
      ...job,
      yardstick,
      before,
      config,
      card: { mode, base },
      origin: {
        baseFolder: options.baseFolder,
        documents: hashesOf(corpus),
        trainedOn: trainedOnOf(corpus, earlier),
      },
      measuring: phaseOf(control, 'reporting'),
    });
    const { step, seconds, curve } = tuned.result.progress;
    const tokensSeen = Math.round(step * tuned.tokensPerStep);
    return {
      ...outcome,
      mode,
      finishedAt: new Date().toISOString(),
      seconds: (performance.now() - began) / 1000,
      steps: step,
      tokensSeen,
      tokensPerSecond: seconds === 0 ? 0 : tokensSeen / seconds,
      documents: corpus.documents.length,
      heldOutDocuments: heldOut.length,
      before: before.measures,
      curve,
    };
  } finally {
    await sources.close();
  }
}

/** Reads the documents. @throws {TrainingError} kind 'no-text' */
async function groundOf({ options, control, store }: Run): Promise<Ground> {
  const { signal, onProgress } = phaseOf(control, 'reading');
  onProgress(0, 0);
  const current = await store.current();
  const corpus = await corpusOf(options, current, signal);
  const refusal = refusalOf(corpus);
  if (refusal !== undefined) throw new TrainingError('no-text', refusal);
  const [earlier, replaced] = options.again === true ? [current, undefined] : [undefined, current];
  const heldOut = textsOf(corpus, 'heldOut');
  const yardstick = yardstickOf(
    heldOut.map(({ text }) => withoutFrontMatter(ModelText.of(text).text)),
    options.seed,
  );
  const base = await baseOf(options.baseFolder);
  return { corpus, heldOut, yardstick, base, mode: modeOf(options, earlier), earlier, replaced };
}

/** The documents as the model to start from sees them, and how it does on those held out. The model is closed. */
async function prepared(
  { options, control, store }: Run,
  { corpus, earlier, heldOut, yardstick }: Ground,
): Promise<{ model: PlannerLM; text: TrainingText; start: Judgement }> {
  const { baseFolder } = options;
  const folder = earlier === undefined ? baseFolder : await store.folderOf(earlier, baseFolder);
  const how = { cacheFile: join(store.folder, 'embeddings.cache'), ...phaseOf(control, 'preparing') };
  return withModelOf(folder, threadsOf(options), async (model) => ({
    model,
    text: {
      train: await prepare(model, textsOf(corpus, 'train'), how),
      heldOut: await prepare(model, heldOut, how),
      replay: await prepare(model, await replayTexts(baseFolder), how),
    },
    start: await judge(model, yardstick, phaseOf(control, 'measuring')),
  }));
}

/** How the model does that is to be bettered: the one that is started from, or the workspace's own, which would be replaced, where that is better. */
async function toBetter({ options, control, store }: Run, ground: Ground, start: Judgement): Promise<Judgement> {
  const { replaced, yardstick } = ground;
  const folder = replaced && (await folderIfUsable(store, replaced, options.baseFolder));
  if (folder === undefined) return start;
  const rival = await withModelOf(folder, threadsOf(options), (own) =>
    judge(own, yardstick, phaseOf(control, 'measuring')),
  );
  return rival.measures.perplexity < start.measures.perplexity ? rival : start;
}

function threadsOf({ threads }: JobOptions): { readonly threads?: number } {
  return threads === undefined ? {} : { threads };
}

/** The folder of a workspace's model; undefined where it is damaged or of another base: then there is nothing to lose. */
async function folderIfUsable(store: WorkspaceStore, model: StoredModel, base: string): Promise<string | undefined> {
  return store.folderOf(model, base).catch((error: unknown) => {
    if (error instanceof TrainingError || error instanceof ModelError) return undefined;
    throw error;
  });
}

/** What work of a phase is given: the signal that ends it, and where to tell how far it is. */
function phaseOf(
  { signal, onProgress }: JobControl,
  phase: TrainingProgress['phase'],
): { readonly signal: AbortSignal; readonly onProgress: (done: number, total: number) => void } {
  return {
    signal,
    onProgress: (step, steps) =>
      onProgress({
        phase,
        step,
        steps,
        tokensPerSecond: 0,
        loss: undefined,
        heldOutLoss: undefined,
        heldOutBefore: undefined,
        secondsLeft: undefined,
        paused: undefined,
      }),
  };
}
