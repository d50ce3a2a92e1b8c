/**
 * What the LM is conditioned on while it is tuned: the rows of the papers' tables (arXiv 2404.00614 and 2410.12492).
 * `soft-joint` is the method; the others are there to compare it with.
 */
export const TRAINING_ROWS = [
  /** No plan reaches the LM. */
  'none',
  /** One constant label: controls for parameters and for the domain. */
  'fixed',
  /** The mean of all labels. */
  'uniform',
  /** The true next label. */
  'oracle',
  /** The planner's most probable label; the planner is not tuned. */
  'predicted',
  /** The planner's distribution; the planner is not tuned. */
  'soft-frozen',
  /** The most probable label forwards, the distribution's gradient backwards. */
  'straight-through',
  /** The planner's distribution, tuned through. */
  'soft-joint',
] as const;

export type TrainingRow = (typeof TRAINING_ROWS)[number];

/** Whether the LM's loss reaches the planner. */
export function tunesPlanner(row: TrainingRow): boolean {
  return row === 'straight-through' || row === 'soft-joint';
}

/** Whether the planner's probabilities are asked for at all. */
export function readsPlanner(row: TrainingRow): boolean {
  return row !== 'none' && row !== 'fixed' && row !== 'uniform';
}
