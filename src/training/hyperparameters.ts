import type { ModelConfig } from '../model/config';
import type { TrainingMode } from './jobTypes';
import type { Group } from './parameterBook';
import type { TrainingRow } from './rows';

/** How a model is tuned. */
export interface Hyperparameters {
  readonly row: TrainingRow;
  /** Sequences in one run of the graph, tokens in each, and units the planner sees of each: `view` before the window, and those in it. */
  readonly batch: number;
  readonly length: number;
  readonly units: number;
  readonly view: number;
  /** Runs of the graph per step: their gradients are added up. */
  readonly accumulate: number;
  /** Learning rates at their highest. */
  readonly rates: Readonly<Record<Group, number>>;
  /** Rank of the matrices beside the LM's where it stays as it is; undefined where it is tuned itself. */
  readonly lowRank: number | undefined;
  readonly weightDecay: number;
  readonly clip: number;
  /** Parts of the steps: over which the rates rise, and after which the planner is tuned too. */
  readonly warmup: number;
  readonly unfreeze: number;
  readonly plannerTerm: number;
  /** Share of windows that are of general text, against forgetting. */
  readonly replay: number;
  /** Whether each block is computed again in the backward pass: less memory, a third more time. */
  readonly checkpointing: boolean;
}

const COMMON = {
  row: 'soft-joint',
  batch: 4,
  length: 512,
  units: 128,
  view: 64,
  accumulate: 1,
  weightDecay: 0.01,
  clip: 1,
  warmup: 0.05,
  unfreeze: 0.25,
  plannerTerm: 0.1,
  replay: 0.1,
} as const;

/** Both chosen on the held-out documents of an unseen repository (see models/MEASUREMENTS.md). */
const BY_MODE: Readonly<Record<TrainingMode, Omit<Hyperparameters, 'checkpointing'>>> = {
  full: { ...COMMON, rates: { lm: 2e-4, adapter: 5e-4, planner: 3e-4 }, lowRank: undefined },
  light: { ...COMMON, rates: { lm: 6e-3, adapter: 1e-3, planner: 3e-4 }, lowRank: 8 },
};

/**
 * Rows of the hidden size that all blocks may keep for the backward pass, in numbers; each stands for some fifty that are kept. At this many a step's peak is near
 * 4.5 GB; the bundled model would keep 15 million and come to 6.4 GB, where with checkpoints it takes 3.5 GB and a fifth more time.
 */
const MOST_KEPT = 10_000_000;

/** How a model of this size is tuned in this mode. */
export function hyperparametersFor(mode: TrainingMode, { lm, planner }: ModelConfig): Hyperparameters {
  const chosen = BY_MODE[mode];
  const length = Math.min(chosen.length, lm.maxPositions);
  return {
    ...chosen,
    length,
    view: Math.min(chosen.view, planner.window),
    checkpointing: chosen.batch * length * lm.layers * lm.hiddenSize > MOST_KEPT,
  };
}
