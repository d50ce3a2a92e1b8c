import { join } from 'node:path';
import { ModelError } from '../model/errors';
import { openModel } from '../model/openModel';
import { ModelText } from '../writing/modelText';
import { CheckpointFolder } from './checkpoint';
import { withoutFrontMatter } from './corpus/frontMatter';
import { prepare } from './corpus/prepared';
import { corpusOf, hashesOf, modeOf, refusalOf, replayTexts, runIdentity, textsOf, trainedOnOf } from './corpusOfJob';
import { TrainingError } from './errors';
import { hyperparametersFor } from './hyperparameters';
import type { JobControl, JobOptions, TrainingProgress, TrainingReport } from './jobTypes';
import { judge, judgeCandidate, withModelOf, yardstickOf } from './judge';
import { baseOf } from './modelFile';
import { TrainingSources } from './sources';
import { WorkspaceStore, type StoredModel } from './store';
import { withStoreLock } from './storeLock';
import { tune } from './tune';

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
      const report = await run(options, held, store, assertHeld);
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

/** Whether nothing of the run is to remain. A call: the answer may change while one waits. */
function isDiscarded({ signal, onStop }: JobControl): boolean {
  return signal.aborted && onStop === 'discard';
}

async function run(
  options: JobOptions,
  control: JobControl,
  store: WorkspaceStore,
  assertHeld: () => void,
): Promise<TrainingReport> {
  const began = performance.now();
  const { signal } = control;
  const phase = (name: TrainingProgress['phase'], step = 0, steps = 0): void =>
    control.onProgress(phaseProgress(name, step, steps));
  phase('reading');
  const current = await store.current();
  const corpus = await corpusOf(options, current, signal);
  const refusal = refusalOf(corpus);
  if (refusal !== undefined) throw new TrainingError('no-text', refusal);
  const base = await baseOf(options.baseFolder);
  const [earlier, replaced] = options.again === true ? [current, undefined] : [undefined, current];
  const mode = modeOf(options, earlier);
  const threads = options.threads === undefined ? {} : { threads: options.threads };
  const heldOut = textsOf(corpus, 'heldOut');
  const yardstick = yardstickOf(
    heldOut.map(({ text }) => withoutFrontMatter(ModelText.of(text).text)),
    options.seed,
  );

  const startFolder = earlier === undefined ? options.baseFolder : await store.folderOf(earlier, options.baseFolder);
  const model = await openModel(startFolder, { ...threads, weights: 'float32' });
  const prepared = {
    cacheFile: join(store.folder, 'embeddings.cache'),
    signal,
    onProgress: (done: number, total: number) => phase('preparing', done, total),
  };
  const measured = (name: TrainingProgress['phase']) => ({
    signal,
    onProgress: (done: number, total: number) => phase(name, done, total),
  });
  const { text, start } = await (async () => {
    try {
      return {
        text: {
          train: await prepare(model, textsOf(corpus, 'train'), prepared),
          heldOut: await prepare(model, heldOut, prepared),
          replay: await prepare(model, await replayTexts(options.baseFolder), prepared),
        },
        start: await judge(model, yardstick, measured('measuring')),
      };
    } finally {
      await model.close();
    }
  })();

  const rivalFolder = replaced && (await folderIfUsable(store, replaced, options.baseFolder));
  const rival =
    rivalFolder === undefined
      ? undefined
      : await withModelOf(rivalFolder, threads, (own) => judge(own, yardstick, measured('measuring')));
  const before = rival && rival.measures.perplexity < start.measures.perplexity ? rival : start;

  const sources = await TrainingSources.open(options.baseFolder, earlier?.file);
  try {
    const hyperparameters = hyperparametersFor(mode, sources.config);
    const { result, candidate, tokensPerStep } = await tune({
      options,
      control,
      hyperparameters,
      sources,
      checkpoints: new CheckpointFolder(store.trainingFolder),
      text,
      model,
      identity: runIdentity(corpus, options, { base, earlier }),
    });
    const { step, seconds, curve } = result.progress;
    const tokensSeen = Math.round(step * tokensPerStep);
    const finish = (
      outcome: TrainingReport['outcome'],
      rest: Partial<Pick<TrainingReport, 'model' | 'after' | 'examples'>> = {},
    ): TrainingReport => ({
      outcome,
      mode,
      finishedAt: new Date().toISOString(),
      seconds: (performance.now() - began) / 1000,
      steps: step,
      tokensSeen,
      tokensPerSecond: seconds === 0 ? 0 : tokensSeen / seconds,
      documents: corpus.documents.length,
      heldOutDocuments: heldOut.length,
      before: before.measures,
      after: undefined,
      model: undefined,
      curve,
      examples: [],
      ...rest,
    });
    if (isDiscarded(control)) return finish('stopped-discarded');
    const notUsed = result.stopped ? 'stopped-kept' : 'not-better';
    if (candidate === undefined) return finish(notUsed);

    const card = {
      mode,
      createdAt: new Date().toISOString(),
      base,
      lowRank: candidate.lowRank,
      before: before.measures,
    };
    const place = {
      folder: store.trainingFolder,
      base: options.baseFolder,
      card: { ...card, after: before.measures },
      config: sources.config,
      tensors: candidate.tensors,
    };
    const after = await judgeCandidate(place, threads, async (tuned) => {
      if (result.stopped) return judge(tuned, yardstick, { quick: true });
      return judge(tuned, yardstick, measured('reporting')).catch((error: unknown) => {
        if (signal.aborted) return isDiscarded(control) ? undefined : judge(tuned, yardstick, { quick: true });
        throw error;
      });
    });
    if (after === undefined || isDiscarded(control)) return finish('stopped-discarded');
    const examples = yardstick.places.flatMap(({ prompt, truth }, i) => {
      const written = after.written[i];
      return written === undefined ? [] : [{ prompt, truth, before: before.written[i]!, after: written }];
    });
    if (!(after.measures.perplexity < before.measures.perplexity)) {
      return finish(notUsed, { after: after.measures, examples });
    }
    assertHeld();
    const adopted = await store.adopt({ ...card, after: after.measures }, sources.config, candidate.tensors, {
      baseFolder: options.baseFolder,
      documents: hashesOf(corpus),
      trainedOn: trainedOnOf(corpus, earlier),
    });
    const outcome = result.stopped ? 'stopped-kept' : 'adopted';
    return finish(outcome, { model: adopted.id, after: after.measures, examples });
  } finally {
    await sources.close();
  }
}

/** The folder of a workspace's model; undefined where it is damaged or of another base: then there is nothing to lose. */
async function folderIfUsable(store: WorkspaceStore, model: StoredModel, base: string): Promise<string | undefined> {
  return store.folderOf(model, base).catch((error: unknown) => {
    if (error instanceof TrainingError || error instanceof ModelError) return undefined;
    throw error;
  });
}

function phaseProgress(phase: TrainingProgress['phase'], step: number, steps: number): TrainingProgress {
  return {
    phase,
    step,
    steps,
    tokensPerSecond: 0,
    loss: undefined,
    heldOutLoss: undefined,
    heldOutBefore: undefined,
    secondsLeft: undefined,
    paused: undefined,
  };
}
