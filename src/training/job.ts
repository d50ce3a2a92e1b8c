import { join } from 'node:path';
import { openModel } from '../model/openModel';
import { CancelledError } from '../writing/cancellation';
import { CheckpointFolder } from './checkpoint';
import { prepare } from './corpus/prepared';
import { corpusOf, hashesOf, refusalOf, replayTexts, runIdentity, textsOf } from './corpusOfJob';
import { TrainingError } from './errors';
import { hyperparametersFor, tokensPerStep } from './hyperparameters';
import type { JobControl, JobOptions, TrainingProgress, TrainingReport } from './jobTypes';
import { judge, judgeCandidate, yardstickOf } from './judge';
import { baseOf } from './modelFile';
import { TrainingSources } from './sources';
import { WorkspaceStore } from './store';
import { withStoreLock } from './storeLock';
import { tune } from './tune';

/**
 * Tunes planner and LM jointly on a workspace's documents, and uses the result if it predicts the held-out ones better.
 * @throws {TrainingError} too little text, another run, diverged, disk; {@link ModelError} for a broken model; {@link CancelledError} where it is
 * ended before the first step. What was used before stays.
 */
export async function fineTune(options: JobOptions, control: JobControl): Promise<TrainingReport> {
  const store = new WorkspaceStore(options.storeFolder);
  return withStoreLock(options.storeFolder, async () => {
    const report = await run(options, control, store);
    if (report.outcome !== 'stopped-discarded') await store.keepReport(report);
    await new CheckpointFolder(store.trainingFolder).clear();
    return report;
  });
}

async function run(options: JobOptions, control: JobControl, store: WorkspaceStore): Promise<TrainingReport> {
  const began = performance.now();
  const { signal } = control;
  const phase = (name: TrainingProgress['phase'], step = 0, steps = 0): void =>
    control.onProgress(phaseProgress(name, step, steps));
  phase('reading');
  const corpus = await corpusOf(options, signal);
  const refusal = refusalOf(corpus);
  if (refusal !== undefined) throw new TrainingError('no-text', refusal);
  const base = await baseOf(options.baseFolder);
  const earlier = options.again === true ? await store.current() : undefined;
  const mode = earlier?.mode ?? options.mode;
  const threads = options.threads === undefined ? {} : { threads: options.threads };
  const heldOut = textsOf(corpus, 'heldOut');
  const yardstick = yardstickOf(
    heldOut.map(({ text }) => text),
    options.seed,
  );

  const startFolder = earlier === undefined ? options.baseFolder : await store.folderOf(earlier, options.baseFolder);
  const model = await openModel(startFolder, threads);
  const prepared = {
    cacheFile: join(store.folder, 'embeddings.cache'),
    signal,
    onProgress: (done: number, total: number) => phase('preparing', done, total),
  };
  const measured = (name: TrainingProgress['phase']) => ({
    signal,
    onProgress: (done: number, total: number) => phase(name, done, total),
  });
  const { text, before } = await (async () => {
    try {
      return {
        text: {
          train: await prepare(model, textsOf(corpus, 'train'), prepared),
          heldOut: await prepare(model, heldOut, prepared),
          replay: await prepare(model, await replayTexts(options.baseFolder), prepared),
        },
        before: await judge(model, yardstick, measured('measuring')),
      };
    } finally {
      await model.close();
    }
  })();

  const sources = await TrainingSources.open(options.baseFolder, earlier?.file);
  try {
    const hyperparameters = hyperparametersFor(mode, sources.config);
    const { result, candidate } = await tune({
      options,
      control,
      hyperparameters,
      sources,
      checkpoints: new CheckpointFolder(store.trainingFolder),
      text,
      model,
      identity: runIdentity(corpus, options, base),
    });
    const { step, seconds, curve } = result.progress;
    const tokensSeen = step * tokensPerStep(hyperparameters);
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
    if (result.stopped && control.onStop === 'discard') return finish('stopped-discarded');
    if (candidate === undefined) return finish('not-better');

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
        if (error instanceof CancelledError && control.onStop === 'keep')
          return judge(tuned, yardstick, { quick: true });
        throw error;
      });
    });
    const examples = yardstick.places.flatMap(({ prompt, truth }, i) => {
      const written = after.written[i];
      return written === undefined ? [] : [{ prompt, truth, before: before.written[i]!, after: written }];
    });
    if (!(after.measures.perplexity < before.measures.perplexity)) {
      return finish('not-better', { after: after.measures, examples });
    }
    const adopted = await store.adopt(
      { ...card, after: after.measures },
      sources.config,
      candidate.tensors,
      hashesOf(corpus),
    );
    const outcome = result.stopped ? 'stopped-kept' : 'adopted';
    return finish(outcome, { model: adopted.id, after: after.measures, examples });
  } finally {
    await sources.close();
  }
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
