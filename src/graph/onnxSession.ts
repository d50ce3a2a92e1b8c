import type * as Ort from 'onnxruntime-node';
import { dataOf, type Downloader } from './download';
import { checkFeeds, checkWanted } from './fits';
import type { Graph } from './graph';
import { reasonOf } from './ortFailure';
import {
  DeviceError,
  type CpuTensor,
  type Device,
  type DeviceTensor,
  type Session,
  type Tensor,
  type WantedOutputs,
} from './runtime';
import { DTYPE_CODES, GraphError, type DType, type TensorData } from './types';

/** A graph loaded by onnxruntime. Made by OnnxRuntime. */
export class OnnxSession implements Session {
  private closed = false;

  constructor(
    private readonly ort: typeof Ort,
    private readonly session: Ort.InferenceSession,
    readonly graph: Graph,
    private readonly device: Device,
    private readonly downloader: Downloader,
  ) {}

  /**
   * @throws {GraphError} where feeds do not fit the graph's inputs, or wanted outputs its outputs
   * @throws {DeviceError} where the computation fails, or the session is disposed of
   */
  async run(feeds: Readonly<Record<string, Tensor>>, outputs?: WantedOutputs): Promise<ReadonlyMap<string, Tensor>> {
    const { name } = this.graph;
    if (this.closed) throw new DeviceError(`The session of graph ${name} is disposed of; create another.`);
    const { names, into } = checkWanted(this.graph, outputs, checkFeeds(this.graph, feeds));
    const given = Object.fromEntries(this.graph.inputs.map((input) => [input.name, this.native(feeds[input.name]!)]));
    // Null where the run-time makes the tensor.
    const wanted = names.map((output) => [output, into[output] ? this.native(into[output]) : null] as const);
    let results: Ort.InferenceSession.OnnxValueMapType;
    try {
      results = await this.session.run(given, Object.fromEntries(wanted));
    } catch (cause) {
      throw new DeviceError(`Graph ${name} failed on ${this.device}: ${reasonOf(cause)}`, { cause });
    }
    return new Map(Object.entries(results).map(([key, value]) => [key, into[key] ?? this.wrap(value)]));
  }

  async dispose(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.session.release();
  }

  private native(feed: Tensor): Ort.Tensor {
    if (feed instanceof OnnxDeviceTensor) return feed.native();
    if (feed.location === 'device')
      throw new GraphError(`Graph ${this.graph.name}: a tensor of another run-time was fed.`);
    return new this.ort.Tensor(feed.dtype, feed.data, feed.dims);
  }

  private wrap(value: Ort.InferenceSession.OnnxValueMapType[string]): Tensor {
    const dtype = dtypeOf(value.type);
    if (value.location === 'cpu') {
      // Type and typed array come from the same native tensor.
      return { location: 'cpu', dtype, dims: value.dims, data: dataOf(value) } as CpuTensor;
    }
    return new OnnxDeviceTensor(this.downloader, value, dtype);
  }
}

function dtypeOf(type: string): DType {
  if (!(type in DTYPE_CODES)) throw new GraphError(`onnxruntime returned a tensor of type ${type}.`);
  return type as DType;
}

/** A tensor that onnxruntime keeps in a device's memory. */
class OnnxDeviceTensor implements DeviceTensor {
  readonly location = 'device';
  readonly dims: readonly number[];
  private disposed = false;

  constructor(
    private readonly downloader: Downloader,
    private readonly value: Ort.Tensor,
    readonly dtype: DType,
  ) {
    this.dims = value.dims;
  }

  /** @throws {DeviceError} where it is disposed of */
  native(): Ort.Tensor {
    if (this.disposed) throw new DeviceError('The tensor is disposed of.');
    return this.value;
  }

  async download(): Promise<TensorData> {
    return this.downloader.download(this.native(), this.dtype);
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.value.dispose();
  }
}
