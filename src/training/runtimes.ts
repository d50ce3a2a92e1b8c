import { OnnxRuntime, RuntimeUnavailableError, type Runtime } from '../graph/index';
import { TfjsRuntime } from '../graph/tfjs/index';
import type { JobOptions } from './jobTypes';

/** A run-time for training, and what people are told of it. */
export interface TrainingRuntime {
  readonly runtime: Runtime;
  readonly name: string;
  readonly device: string;
}

/**
 * The run-time that a job asks for. `auto`: onnxruntime on its GPU where the job is to run on one; else TensorFlow.js where it is installed and reaches
 * a GPU (through CUDA); else onnxruntime on the CPU, which is faster there than TensorFlow.js.
 * @throws {RuntimeUnavailableError}, {DeviceError} where it cannot be had
 */
export async function openTrainingRuntime({
  device,
  threads,
  runtime: wanted,
}: Pick<JobOptions, 'device' | 'threads' | 'runtime'>): Promise<TrainingRuntime> {
  if (wanted === 'tfjs') return overTensorFlow(await TfjsRuntime.open());
  if (wanted === 'auto' && device === 'cpu') {
    const found = await tensorFlowOnGpu();
    if (found !== undefined) return found;
  }
  const cores = threads === undefined ? 'CPU' : `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  return { runtime: OnnxRuntime.open(device), name: 'onnxruntime', device: device === 'cpu' ? cores : 'GPU (WebGPU)' };
}

async function tensorFlowOnGpu(): Promise<TrainingRuntime | undefined> {
  try {
    const runtime = await TfjsRuntime.open();
    return runtime.device === 'tfjs-gpu' ? overTensorFlow(runtime) : undefined;
  } catch (error) {
    if (error instanceof RuntimeUnavailableError) return undefined;
    throw error;
  }
}

function overTensorFlow(runtime: TfjsRuntime): TrainingRuntime {
  return { runtime, name: 'TensorFlow.js', device: runtime.device === 'tfjs-gpu' ? 'GPU (CUDA)' : 'CPU' };
}
