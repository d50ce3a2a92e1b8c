import { createRequire } from 'node:module';
import type * as Ort from 'onnxruntime-node';
import { Downloader } from './download';
import { checkWeight } from './fits';
import type { Graph } from './graph';
import { toOnnx } from './onnx';
import { OnnxSession } from './onnxSession';
import { reasonOf } from './ortFailure';
import {
  DeviceError,
  RuntimeUnavailableError,
  type Device,
  type Runtime,
  type Session,
  type SessionOptions,
  type WeightData,
} from './runtime';
import { bytesOf, GraphError, type TensorData } from './types';

let loaded: typeof Ort | undefined;

/** onnxruntime-node, loaded when first needed: its native library is large. */
function load(): typeof Ort {
  if (loaded !== undefined) return loaded;
  // From 1.29 on the library reports usage unless this is set before it is loaded.
  process.env.ORT_DISABLE_TELEMETRY = '1';
  try {
    loaded = createRequire(import.meta.url)('onnxruntime-node') as typeof Ort;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
    throw new RuntimeUnavailableError(
      `onnxruntime-node cannot be loaded on ${process.platform}-${process.arch}: ${reason}. ` +
        'Use a build of Planwright for this platform.',
      { cause },
    );
  }
  return loaded;
}

/** Devices whose library is on this machine; whether there is hardware behind them shows when a session is created. */
export function bundledDevices(): string[] {
  return load()
    .listSupportedBackends()
    .filter((backend) => backend.bundled)
    .map((backend) => backend.name);
}

/** Runs graphs with onnxruntime on one device. */
export class OnnxRuntime implements Runtime {
  private readonly downloader: Downloader;

  private constructor(
    private readonly ort: typeof Ort,
    readonly device: Device,
  ) {
    this.downloader = new Downloader(ort, device);
  }

  /**
   * @throws {RuntimeUnavailableError} where the library does not load
   * @throws {DeviceError} where it does not know the device
   */
  static open(device: Device = 'cpu'): OnnxRuntime {
    const ort = load();
    const known = bundledDevices();
    if (!known.includes(device)) {
      throw new DeviceError(`onnxruntime has no device ${device} on this machine. Choose one of: ${known.join(', ')}.`);
    }
    return new OnnxRuntime(ort, device);
  }

  /**
   * @throws {GraphError} where weights are missing or of the wrong size, or the run-time refuses the graph
   * @throws {DeviceError} where the device cannot be used
   */
  async createSession(graph: Graph, options: SessionOptions = {}): Promise<Session> {
    const weights = options.weights ?? new Map<string, WeightData>();
    for (const weight of graph.weights) checkWeight(weight, weights.get(weight.name));
    const { bytes, external, folder } = toOnnx(graph, weights);
    const externalData = external.map((path) => ({ path, data: bytesOf(weights.get(path) as TensorData) }));
    try {
      const session = await this.ort.InferenceSession.create(bytes, {
        ...this.providerOptions(options, folder),
        externalData,
        graphOptimizationLevel: 'all',
      });
      return new OnnxSession(this.ort, session, graph, this.device, this.downloader);
    } catch (cause) {
      const reason = reasonOf(cause);
      if (this.device !== 'cpu' && /adapter|device|vulkan|d3d12|metal|dawn|provider/i.test(reason)) {
        throw new DeviceError(`${this.device} cannot be used for graph ${graph.name}: ${reason}`, { cause });
      }
      throw new GraphError(`onnxruntime refuses graph ${graph.name}: ${reason}`, { cause });
    }
  }

  private providerOptions(options: SessionOptions, folder: string | undefined): Ort.InferenceSession.SessionOptions {
    const kept = this.device === 'cpu' ? [] : (options.keepOnDevice ?? []);
    return {
      // What the device has no kernel for runs on the CPU.
      executionProviders: this.device === 'cpu' ? ['cpu'] : [this.device, 'cpu'],
      ...(options.memoryPattern === undefined ? {} : { enableMemPattern: options.memoryPattern }),
      ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
      ...(kept.length === 0
        ? {}
        : { preferredOutputLocation: Object.fromEntries(kept.map((name) => [name, 'gpu-buffer' as const])) }),
      extra: {
        session: {
          // Threads that wait must not take the cores of other processes: 1.65 times faster beside a busy one.
          intra_op: { allow_spinning: '0' },
          // Weights in 8 bits become float32 once, when the session is made: otherwise they would with every run, to be fused into products of integers.
          disable_quant_qdq: '1',
          ...(folder === undefined ? {} : { model_external_initializers_file_folder_path: folder }),
        },
      },
      // Only what is fatal: the rest is thrown, and its text might end up where it should not.
      logSeverityLevel: 4,
    };
  }
}
