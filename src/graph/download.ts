import type * as Ort from 'onnxruntime-node';
import { GraphBuilder } from './graph';
import { toOnnx } from './onnx';
import { reasonOf } from './ortFailure';
import { DeviceError, type Device } from './runtime';
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
    try {
      const result = await (await session).run({ from: value });
      return dataOf(result.to!);
    } catch (cause) {
      throw new DeviceError(`A tensor could not be copied from ${this.device}: ${reasonOf(cause)}`, { cause });
    }
  }

  private create(dtype: DType, rank: number): Promise<Ort.InferenceSession> {
    const builder = new GraphBuilder('download');
    const shape = Array.from({ length: rank }, (_, axis) => `d${axis}`);
    builder.output('to', builder.input('from', dtype, shape));
    const { bytes } = toOnnx(builder.build(), new Map());
    return this.ort.InferenceSession.create(bytes, {
      executionProviders: this.device === 'cpu' ? ['cpu'] : [this.device, 'cpu'],
      logSeverityLevel: 4,
    });
  }
}

/** The elements of a tensor in memory. */
export function dataOf(value: Ort.Tensor): TensorData {
  // Where the JavaScript engine has Float16Array the library uses it; here half precision is its bits everywhere.
  const { buffer, byteOffset, byteLength } = value.data as TensorData;
  if (value.type === 'float16') return new Uint16Array(buffer, byteOffset, byteLength / 2);
  return value.data as TensorData;
}
