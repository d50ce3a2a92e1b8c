import type { TrainingProgress } from '../../engine/training/protocol';
import type { PauseReason } from './pauses';

/** What is going on with fine-tuning in this window. */
export type TrainingState =
  | { readonly kind: 'idle' }
  /** Documents are being looked through, or the writer is being asked. */
  | { readonly kind: 'asking' }
  | {
      readonly kind: 'running';
      /** Undefined until the process says something. */
      readonly progress: TrainingProgress | undefined;
      readonly paused: PauseReason | undefined;
      /** Whether the writer has ended it, and how. */
      readonly stopping: 'keep' | 'discard' | undefined;
    };

export type Running = Extract<TrainingState, { kind: 'running' }>;

/** How much of the steps is done, 0 to 1; undefined before the first and after the last. */
export function shareDone({ progress }: Running): number | undefined {
  if (progress?.phase !== 'training' || progress.steps === 0) return undefined;
  return Math.min(1, progress.step / progress.steps);
}
