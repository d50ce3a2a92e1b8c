/*
 * Fine-tuning's joint step on the bundled model (or the folder in MODEL), full mode, with all blocks kept, against the same step in PyTorch, float32, where
 * PYTHON names a Python that has it (see models/recipe/requirements.txt). Both are measured in turns, each time in a process of their own: the figures
 * are medians, the ratio is of one run on one machine. STEPS per turn, TURNS, BATCH, THREADS.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OnnxRuntime } from '../../src/graph/index';
import type { Batch } from '../../src/training/corpus/batches';
import { hyperparametersFor } from '../../src/training/hyperparameters';
import { TrainingSources } from '../../src/training/sources';
import { Trainer } from '../../src/training/trainer';
import { seededRandom } from '../../src/writing/sampling';
import { median } from './figures';

const folder = process.env.MODEL ?? join(process.cwd(), 'models', 'starter');
const threads = Number(process.env.THREADS ?? 2);
const stepsPerTurn = Number(process.env.STEPS ?? 8);
const turns = Number(process.env.TURNS ?? 3);
/** The first step is slower than all others on both sides. */
const WARM_UP = 1;

interface Turn {
  readonly milliseconds: readonly number[];
  readonly peakMegabytes: number;
}

async function ownTurn(): Promise<Turn> {
  const sources = await TrainingSources.open(folder);
  const { config } = sources;
  const chosen = hyperparametersFor('full', config);
  const hyperparameters = {
    ...chosen,
    unfreeze: 0,
    batch: Number(process.env.BATCH ?? chosen.batch),
    // The step in PyTorch keeps all of its blocks: the two must do the same.
    checkpointing: false,
  };
  const { batch: B, length: T, units: U } = hyperparameters;
  const random = seededRandom(1);
  const below = (limit: number): number => Math.floor(random() * limit);
  const P = B * U * config.planner.steps;
  const batch: Batch = {
    tokens: Int32Array.from({ length: B * T }, () => below(config.lm.vocabSize)),
    targets: Int32Array.from({ length: B * T }, () => below(config.lm.vocabSize)),
    targetWeights: new Float32Array(B * T).fill(1),
    unitOf: Int32Array.from({ length: B * T }, (_, i) => Math.min(Math.floor((i % T) / 10) + U / 2, U - 1)),
    embeddings: Float32Array.from({ length: B * U * config.encoder.embeddingSize }, () => 0.1 * (random() - 0.5)),
    kinds: Int32Array.from({ length: B * U }, () => below(config.planner.kinds)),
    isStart: new Uint8Array(B * U),
    labels: Int32Array.from({ length: P }, () => below(config.labels.count)),
    labelWeights: new Float32Array(P).fill(1),
  };
  const runtime = OnnxRuntime.open();
  const trainer = await Trainer.open({ sources, runtime, hyperparameters, steps: 1000, seed: 1, threads });
  const milliseconds: number[] = [];
  for (let step = 1; step <= stepsPerTurn + WARM_UP; step++) {
    const began = performance.now();
    await trainer.step(step, [batch]);
    milliseconds.push(performance.now() - began);
  }
  await trainer.dispose();
  await sources.close();
  return { milliseconds, peakMegabytes: process.resourceUsage().maxRSS / 1024 };
}

function turnOf(what: string, command: string, args: readonly string[]): Turn {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${what} did not run: ${stderr.trim().split('\n').at(-1) ?? `status ${status}`}`);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Turn;
}

if (process.argv[2] === 'turn') {
  console.log(JSON.stringify(await ownTurn()));
} else {
  const sources = await TrainingSources.open(folder);
  const chosen = hyperparametersFor('full', sources.config);
  await sources.close();
  const batch = Number(process.env.BATCH ?? chosen.batch);
  const python = process.env.PYTHON;
  const recipe = join(process.cwd(), 'models', 'recipe', 'step_speed.py');
  const pythonArguments = [
    ...[recipe, '--model', folder, '--threads', `${threads}`, '--steps', `${stepsPerTurn + WARM_UP}`],
    ...['--batch', `${batch}`, '--length', `${chosen.length}`, '--units', `${chosen.units}`],
  ];
  const own: Turn[] = [];
  const torch: Turn[] = [];
  for (let turn = 0; turn < turns; turn++) {
    own.push(turnOf('The joint step', process.execPath, [fileURLToPath(import.meta.url), 'turn']));
    if (python !== undefined) torch.push(turnOf('PyTorch', python, pythonArguments));
  }
  const summary = (name: string, all: readonly Turn[]) => {
    const ms = median(all.flatMap(({ milliseconds }) => milliseconds.slice(WARM_UP)));
    const speed = (batch * chosen.length * 1000) / ms;
    const peak = median(all.map(({ peakMegabytes }) => peakMegabytes));
    console.log(
      `${name.padEnd(28)} ${ms.toFixed(0).padStart(6)} ms/step ${speed.toFixed(0).padStart(6)} tokens/s ${peak.toFixed(0).padStart(6)} MB`,
    );
    return { speed, peak };
  };
  console.log(`Joint step of ${batch} × ${chosen.length} tokens, ${threads} threads`);
  const mine = summary('this, onnxruntime CPU', own);
  if (python === undefined) console.log('PYTHON=/path/to/python, with PyTorch, measures the same step there.');
  else {
    const other = summary('PyTorch, float32', torch);
    console.log(
      `ratio of speeds ${(mine.speed / other.speed).toFixed(3)} (asked: at least 0.95), of peak memory ${(mine.peak / other.peak).toFixed(3)} (asked: at most 1.2)`,
    );
  }
}
