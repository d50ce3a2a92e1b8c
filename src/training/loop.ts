import { checkpoint as letOthersRun } from '../writing/cancellation';
import type { CheckpointFolder, Progress } from './checkpoint';
import type { Batch } from './corpus/batches';
import type { CurvePoint, JobControl, TrainingProgress } from './jobTypes';
import type { Trainer } from './trainer';

export interface LoopOptions {
  readonly trainer: Trainer;
  /** The batches of a step, counted from 1. */
  readonly batchesOf: (step: number) => readonly Batch[];
  readonly heldOut: () => Iterable<Batch>;
  readonly tokensPerStep: number;
  readonly checkpoints: CheckpointFolder;
  /** Where to begin: before the first step, or where a run was cut off. */
  readonly from: Progress;
  readonly control: Pick<JobControl, 'signal' | 'onStop' | 'paused' | 'onProgress'>;
}

export interface LoopResult {
  readonly progress: Progress;
  /** Ended by the signal, not by its steps or because it no longer got better. */
  readonly stopped: boolean;
}

/** Evaluations of the held-out documents in a run, at the most; each costs a third of the steps that its tokens would. */
const EVALUATIONS = 12;
const FEWEST_STEPS_BETWEEN = 5;
/** Evaluations without a better one after which more steps would only learn by heart. */
const PATIENCE = 3;
/** Less than this is no improvement: nats per token. */
const LEAST_GAIN = 1e-4;
/** What an end at any moment may cost. */
const CHECKPOINT_MS = 60_000;
const PAUSE_POLL_MS = 200;
/** Steps over which the shown loss and speed are averaged. */
const RECENT_STEPS = 8;

/** Makes the steps of a run, measures it on the held-out documents now and then, and keeps its best weights and where it is. */
export async function runLoop(options: LoopOptions): Promise<LoopResult> {
  const { trainer, checkpoints, control, from } = options;
  const { steps } = from;
  const every = Math.max(FEWEST_STEPS_BETWEEN, Math.ceil(steps / EVALUATIONS));
  const recent: { readonly loss: number; readonly ms: number }[] = [];
  const curve: CurvePoint[] = [...from.curve];
  let progress = from;
  let savedAt = performance.now();
  let stopped = false;

  const tell = (paused?: string): void => {
    const mean = (pick: (one: { loss: number; ms: number }) => number): number =>
      recent.reduce((sum, one) => sum + pick(one), 0) / recent.length;
    const stepMs = recent.length === 0 ? undefined : mean((one) => one.ms);
    const lately = curve.findLast((point) => point.heldOut !== undefined);
    const state: TrainingProgress = {
      phase: 'training',
      step: progress.step,
      steps,
      tokensPerSecond: stepMs === undefined ? 0 : (options.tokensPerStep / stepMs) * 1000,
      loss: recent.length === 0 ? undefined : mean((one) => one.loss),
      heldOutLoss: lately?.heldOut,
      heldOutBefore: progress.heldOutBefore,
      secondsLeft: stepMs === undefined ? undefined : ((steps - progress.step) * stepMs) / 1000,
      paused,
    };
    control.onProgress(state);
  };

  /** Measures the weights as they are, and keeps them where they are the best. */
  const evaluate = async (): Promise<number> => {
    const { step } = progress;
    const heldOut = await trainer.heldOutLoss(options.heldOut());
    if (heldOut < (progress.best?.heldOut ?? progress.heldOutBefore) - LEAST_GAIN) {
      const best = { step, heldOut };
      await checkpoints.saveBest(best, await trainer.snapshot());
      progress = { ...progress, best, sinceBest: 0 };
    } else {
      progress = { ...progress, sinceBest: progress.sinceBest + 1 };
    }
    return heldOut;
  };

  while (progress.step < steps && progress.sinceBest < PATIENCE) {
    stopped = await isStopped(control, tell);
    if (stopped) {
      const last = curve.at(-1);
      // What was learnt since the last evaluation may be kept too.
      if (control.onStop === 'keep' && last !== undefined && last.heldOut === undefined) {
        curve[curve.length - 1] = { ...last, heldOut: await evaluate() };
        progress = { ...progress, curve: [...curve] };
      }
      break;
    }
    const step = progress.step + 1;
    const began = performance.now();
    const { lm } = await trainer.step(step, options.batchesOf(step));
    const ms = performance.now() - began;
    recent.push({ loss: lm, ms });
    if (recent.length > RECENT_STEPS) recent.shift();
    progress = { ...progress, step, seconds: progress.seconds + ms / 1000 };
    if (step % every === 0 || step === steps) {
      curve.push({ step, loss: lm, heldOut: await evaluate() });
    } else {
      curve.push({ step, loss: lm });
    }
    progress = { ...progress, curve: [...curve] };
    if (curve.at(-1)!.heldOut !== undefined || performance.now() - savedAt > CHECKPOINT_MS) {
      await checkpoints.save({ progress, tensors: await trainer.checkpoint() });
      savedAt = performance.now();
    }
    tell();
  }
  return { progress, stopped };
}

/** Waits while there is a reason to. True where the run is to end. */
async function isStopped({ signal, paused }: LoopOptions['control'], tell: (paused: string) => void): Promise<boolean> {
  await letOthersRun(undefined);
  for (let told: string | undefined; !signal.aborted;) {
    const reason = paused();
    if (reason === undefined) break;
    if (reason !== told) tell(reason);
    told = reason;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_POLL_MS));
  }
  return signal.aborted;
}
