/*
 * What tuning jointly is worth on a workspace: each row of the papers' tables tuned with the same batches, steps and rates, and measured on the held-out
 * documents before and after. FOLDERS (separated by the system's path separator) are the workspaces; ROWS, SEEDS (number of them), STEPS, BATCH, LENGTH;
 * MODEL and THREADS as in the other benchmarks; RATES as `lm,adapter,planner`; MODE. RESULTS appends each run to a file of JSON lines, and
 * skips those that are in it. A held-out document is never trained on; the seed draws the split and the batches.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { OnnxRuntime } from '../../src/graph/index';
import { openModel } from '../../src/model/openModel';
import { batchModel, heldOutBatches, TrainingBatches } from '../../src/training/corpus/batches';
import { prepare, type PreparedDocument } from '../../src/training/corpus/prepared';
import { readCorpus } from '../../src/training/corpus/survey';
import { replayTexts } from '../../src/training/corpusOfJob';
import { hyperparametersFor, type Hyperparameters } from '../../src/training/hyperparameters';
import type { TrainingRow } from '../../src/training/rows';
import { TrainingSources } from '../../src/training/sources';
import { Trainer } from '../../src/training/trainer';

const folder = process.env.MODEL ?? join(process.cwd(), 'models', 'starter');
const threads = Number(process.env.THREADS ?? 2);
const workspaces = (process.env.FOLDERS ?? join(process.cwd(), 'samples')).split(delimiter);
const rows = (process.env.ROWS ?? 'fixed,soft-frozen,straight-through,soft-joint').split(',') as TrainingRow[];
const seeds = Number(process.env.SEEDS ?? 3);
const steps = Number(process.env.STEPS ?? 60);
const results = process.env.RESULTS;
/** Held-out tokens per measurement. */
const HELD_OUT_TOKENS = Number(process.env.HELD_OUT ?? 20_000);

interface Result {
  readonly key: string;
  readonly before: number;
  readonly after: number;
  readonly seconds: number;
}

const known: Result[] =
  results !== undefined && existsSync(results)
    ? readFileSync(results, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Result)
    : [];

function settings(row: TrainingRow, config: Parameters<typeof hyperparametersFor>[1]): Hyperparameters {
  const chosen = hyperparametersFor(process.env.MODE === 'light' ? 'light' : 'full', config);
  const rates = process.env.RATES?.split(',').map(Number);
  return {
    ...chosen,
    row,
    ...(process.env.BATCH !== undefined && { batch: Number(process.env.BATCH) }),
    ...(process.env.LENGTH !== undefined && { length: Number(process.env.LENGTH) }),
    ...(process.env.REPLAY !== undefined && { replay: Number(process.env.REPLAY) }),
    ...(process.env.UNFREEZE !== undefined && { unfreeze: Number(process.env.UNFREEZE) }),
    ...(process.env.PLANNER_TERM !== undefined && { plannerTerm: Number(process.env.PLANNER_TERM) }),
    ...(rates && { rates: { lm: rates[0]!, adapter: rates[1]!, planner: rates[2]! } }),
  };
}

async function preparedOf(workspace: string, seed: number) {
  const corpus = await readCorpus({
    folders: [{ path: workspace, exclude: [] }],
    include: [],
    maxFileBytes: 1 << 20,
    maxTotalBytes: 32 << 20,
    heldOutFraction: 0.1,
    seed,
  });
  const model = await openModel(folder, { threads });
  try {
    const options = { cacheFile: join(tmpdir(), `planwright-ablation-${basename(workspace)}.safetensors`) };
    const of = (split: string): Promise<PreparedDocument[]> =>
      prepare(
        model,
        corpus.documents.filter((document) => document.split === split),
        options,
      );
    const replay = await prepare(model, await replayTexts(folder), options);
    return { train: await of('train'), heldOut: await of('heldOut'), replay, model: batchModel(model) };
  } finally {
    await model.close();
  }
}

async function tune(
  row: TrainingRow,
  seed: number,
  text: Awaited<ReturnType<typeof preparedOf>>,
): Promise<Omit<Result, 'key'>> {
  const sources = await TrainingSources.open(folder);
  const hyperparameters = settings(row, sources.config);
  const trainer = await Trainer.open({ sources, runtime: OnnxRuntime.open(), hyperparameters, steps, seed, threads });
  try {
    const batches = new TrainingBatches({
      documents: text.train,
      replay: text.replay,
      replayShare: hyperparameters.replay,
      shape: hyperparameters,
      seed,
      model: text.model,
    });
    const heldOut: ReturnType<TrainingBatches['at']>[] = [];
    let tokens = 0;
    for (const batch of heldOutBatches(text.heldOut, hyperparameters, text.model)) {
      heldOut.push(batch);
      tokens += batch.targetWeights.reduce((sum, weight) => sum + weight, 0);
      if (tokens >= HELD_OUT_TOKENS) break;
    }
    const before = await trainer.heldOutLoss(heldOut);
    const began = performance.now();
    for (let step = 1; step <= steps; step++) await trainer.step(step, [batches.at(step - 1)]);
    const seconds = (performance.now() - began) / 1000;
    return { before, after: await trainer.heldOutLoss(heldOut), seconds };
  } finally {
    await trainer.dispose();
    await sources.close();
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const spread = (values: readonly number[]): number =>
  Math.sqrt(
    mean(values.map((value) => (value - mean(values)) ** 2)) * (values.length / Math.max(1, values.length - 1)),
  );

const outcomes: (Result & { readonly workspace: string; readonly row: TrainingRow })[] = [];
for (const workspace of workspaces) {
  for (let seed = 1; seed <= seeds; seed++) {
    const keys = rows.map((row) => `${basename(workspace)} ${row} ${seed} ${steps}`);
    let text: Awaited<ReturnType<typeof preparedOf>> | undefined;
    for (const [i, row] of rows.entries()) {
      const key = keys[i]!;
      let result = known.find((one) => one.key === key);
      if (result === undefined) {
        text ??= await preparedOf(workspace, seed);
        result = { key, ...(await tune(row, seed, text)) };
        if (results !== undefined) appendFileSync(results, `${JSON.stringify(result)}\n`);
      }
      outcomes.push({ ...result, workspace, row });
      const { before, after, seconds } = result;
      console.log(`${key}: ${Math.exp(before).toFixed(2)} -> ${Math.exp(after).toFixed(3)} in ${seconds.toFixed(0)} s`);
    }
  }
}
for (const workspace of workspaces) {
  console.log(`\n${basename(workspace)}, ${steps} steps, ${seeds} seeds: held-out perplexity`);
  for (const row of rows) {
    const own = outcomes.filter((one) => one.workspace === workspace && one.row === row);
    const before = own.map((one) => Math.exp(one.before));
    const after = own.map((one) => Math.exp(one.after));
    const gain = own.map((one) => 1 - Math.exp(one.after - one.before));
    console.log(
      `${row.padEnd(18)} ${mean(before).toFixed(2)} -> ${mean(after).toFixed(3)} ± ${spread(after).toFixed(3)}` +
        `  lower by ${(100 * mean(gain)).toFixed(2)} ± ${(100 * spread(gain)).toFixed(2)} %`,
    );
  }
}
