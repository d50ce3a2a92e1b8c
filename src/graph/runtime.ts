import type { Graph } from './graph';
import type { DataOf, DType, TensorData } from './types';

/** The run-time's library cannot be loaded on this machine. */
export class RuntimeUnavailableError extends Error {
  override readonly name = 'RuntimeUnavailableError';
}

/** A device that is not there, cannot be used, or failed at work. */
export class DeviceError extends Error {
  override readonly name = 'DeviceError';
}

/** A tensor in memory. The run-time reads `data` where it lies, without a copy. */
export type CpuTensor = {
  readonly [D in DType]: {
    readonly location: 'cpu';
    readonly dtype: D;
    readonly dims: readonly number[];
    readonly data: DataOf[D];
  };
}[DType];

/** A tensor in a device's memory: an output kept there to be fed again. */
export interface DeviceTensor {
  readonly location: 'device';
  readonly dtype: DType;
  readonly dims: readonly number[];
  /** Its elements, copied to memory. */
  download(): Promise<TensorData>;
  /** Frees the device's memory; the tensor cannot be used afterwards. */
  dispose(): void;
}

export type Tensor = CpuTensor | DeviceTensor;

/** Where graphs run: 'cpu', 'webgpu', or a provider of the run-time by its name, such as 'dml' or 'coreml'. */
export type Device = 'cpu' | 'webgpu' | (string & Record<never, never>);

/** Bytes in a file. */
export interface FileRegion {
  readonly folder: string;
  readonly file: string;
  readonly offset: number;
  readonly byteLength: number;
}

/** A weight's elements: in memory, or where they lie in a file, from which the run-time takes them itself, without a copy in between. */
export type WeightData = TensorData | FileRegion;

export function isFileRegion(data: WeightData): data is FileRegion {
  return 'folder' in data;
}

export interface SessionOptions {
  /** Data of every weight of the graph. Not needed after the session is made; files lie in one folder. */
  readonly weights?: ReadonlyMap<string, WeightData>;
  /** Threads of the CPU; the run-time's choice if not given. */
  readonly threads?: number;
  /** Outputs that stay on the device, where that is not the CPU. */
  readonly keepOnDevice?: readonly string[];
  /**
   * Whether a run takes its memory as one block, laid out by the run before it. Default true. Beside the memory of that first run, which the
   * run-time keeps, it doubles the peak (2160 against 1200 MB in a step of training) and saves no time where there is much to compute.
   */
  readonly memoryPattern?: boolean;
}

export type WantedOutputs = readonly string[] | Readonly<Record<string, CpuTensor>>;

/** A graph made ready to run. One run at a time; a run blocks the thread while it computes. */
export interface Session {
  readonly graph: Graph;
  /**
   * @param feeds every input of the graph by name
   * @param outputs the outputs wanted, all if not given; or, by name, tensors in memory that they are written into
   */
  run(feeds: Readonly<Record<string, Tensor>>, outputs?: WantedOutputs): Promise<ReadonlyMap<string, Tensor>>;
  dispose(): Promise<void>;
}

export interface Runtime {
  readonly device: Device;
  createSession(graph: Graph, options?: SessionOptions): Promise<Session>;
}

/** A tensor around a typed array, without a copy. @throws {RangeError} where the sizes do not agree */
export function tensor<D extends DType>(
  dtype: D,
  data: DataOf[D],
  dims: readonly number[],
): Extract<CpuTensor, { readonly dtype: D }> {
  const size = dims.reduce((product, dim) => product * dim, 1);
  if (data.length !== size)
    throw new RangeError(`A tensor [${dims.join(', ')}] needs ${size} values, not ${data.length}.`);
  return { location: 'cpu', dtype, dims, data } as unknown as Extract<CpuTensor, { readonly dtype: D }>;
}

/** The float32 elements of an output that lies in memory. @throws {TypeError} where it is anything else, or missing */
export function floats(outputs: ReadonlyMap<string, Tensor>, name: string): Float32Array {
  const output = outputs.get(name);
  if (output?.location !== 'cpu' || output.dtype !== 'float32')
    throw new TypeError(`${name} is no float32 output in memory.`);
  return output.data;
}
