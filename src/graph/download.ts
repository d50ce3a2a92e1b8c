import type * as Ort from 'onnxruntime-node';
import { GraphBuilder } from './graph';
import { toOnnx } from './onnx';
import type { Device } from './runtime';
import type { DType, TensorData } from './types';

/**
 * Copies tensors from a device to memory by running them through a graph that returns its input there:
 * onnxruntime-node's own `getData()` on such a tensor aborts the process.
 */
export class Downloader {
  private readonly sessions = new Map<string, Promise<Ort.InferenceSession>>();

  constructor(
    private readonly ort: typeof Ort,
    private readonly device: Device,
  ) {}

  async download(value: Ort.Tensor, dtype: DType): Promise<TensorData> {
    const key = `${dtype} ${value.dims.length}`;
    let session = this.sessions.get(key);
    if (session === undefined) {
      session = this.create(dtype, value.dims.length);
      this.sessions.set(key, session);
    }
    const result = await (await session).run({ from: value });
    return result.to!.data as TensorData;
  }

  private create(dtype: DType, rank: number): Promise<Ort.InferenceSession> {
    const builder = new GraphBuilder('download');
    const shape = Array.from({ length: rank }, (_, axis) => `d${axis}`);
    builder.output('to', builder.input('from', dtype, shape));
    const { bytes } = toOnnx(builder.build(), new Map());
    return this.ort.InferenceSession.create(bytes, {
      executionProviders: this.device === 'cpu' ? ['cpu'] : [this.device, 'cpu'],
      logSeverityLevel: 3,
    });
  }
}
