import type * as Ort from 'onnxruntime-node';
import { matches } from './dims';
import { dataOf, type Downloader } from './download';
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
import { describe, DTYPE_CODES, GraphError, type DType, type TensorData } from './types';

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
    const { name, inputs } = this.graph;
    if (this.closed) throw new DeviceError(`The session of graph ${name} is disposed of; create another.`);
    const bound = new Map<string, number>();
    const given: Record<string, Ort.Tensor> = {};
    for (const input of inputs) {
      const feed = feeds[input.name];
      if (feed === undefined)
        throw new GraphError(`Graph ${name}: input ${input.name}, ${describe(input)}, is missing.`);
      if (feed.dtype !== input.dtype || !matches(input.shape, feed.dims, bound)) {
        const got = describe({ dtype: feed.dtype, shape: feed.dims });
        throw new GraphError(`Graph ${name}: input ${input.name} must be ${describe(input)}, not ${got}.`);
      }
      given[input.name] = this.native(feed);
    }
    const into: Readonly<Record<string, CpuTensor>> = outputs === undefined || isList(outputs) ? {} : outputs;
    const names = outputs === undefined || isList(outputs) ? outputs : Object.keys(outputs);
    const wanted = names === undefined ? undefined : this.fetches(names, into, bound);
    let results: Ort.InferenceSession.OnnxValueMapType;
    try {
      results = wanted === undefined ? await this.session.run(given) : await this.session.run(given, wanted);
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

  /** Outputs by name with the tensors to write them into, null where the run-time makes one. */
  private fetches(
    names: readonly string[],
    into: Readonly<Record<string, CpuTensor>>,
    bound: Map<string, number>,
  ): Ort.InferenceSession.FetchesType {
    const { name: graph, outputs } = this.graph;
    const fetches: Record<string, Ort.Tensor | null> = {};
    for (const name of names) {
      const output = outputs.find((candidate) => candidate.name === name);
      if (output === undefined) {
        const known = outputs.map((candidate) => candidate.name).join(', ');
        throw new GraphError(`Graph ${graph} has no output ${name}; it has ${known}.`);
      }
      const target = into[name];
      if (target !== undefined && (target.dtype !== output.dtype || !matches(output.shape, target.dims, bound))) {
        const got = describe({ dtype: target.dtype, shape: target.dims });
        throw new GraphError(`Graph ${graph}: output ${name}, ${describe(output)}, cannot be written into ${got}.`);
      }
      fetches[name] = target === undefined ? null : this.native(target);
    }
    return fetches;
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

function isList(outputs: WantedOutputs): outputs is readonly string[] {
  return Array.isArray(outputs);
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
