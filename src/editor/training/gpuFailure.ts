import type { LogLevel } from '../../engine/engineProcess';
import type { JobOptions } from '../../engine/training/protocol';
import { TrainingFailure } from '../../engine/training/training';

/** Who is to know of a GPU that failed. */
export interface GpuWitness {
  /** Told when something failed on the GPU, and perhaps because of it: the options may name another device from then on. */
  readonly gpuFailed: () => void;
  readonly log: (level: LogLevel, message: string) => void;
}

/** After these it may have been the device. */
const PERHAPS_THE_DEVICE: readonly string[] = ['killed', 'failed', 'diverged'];

/** Whether it may be the GPU that failed; this is noted then. */
export function noteGpuFailure({ log, gpuFailed }: GpuWitness, { device }: JobOptions, error: unknown): boolean {
  if (device !== 'webgpu' || !(error instanceof TrainingFailure) || !PERHAPS_THE_DEVICE.includes(error.code)) {
    return false;
  }
  log('warn', `Fine-tuning on the GPU failed (${error.code}).`);
  gpuFailed();
  return true;
}
