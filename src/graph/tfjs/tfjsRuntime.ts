import type { Graph } from '../graph';
import type { Runtime, Session, SessionOptions } from '../runtime';
import { GraphError } from '../types';
import { KERNELS } from './kernels';
import { nativeType, type TensorFlow } from './library';
import { loadTfjs, type LoadOptions } from './load';
import { Residents } from './residents';
import { scheduleOf } from './schedule';
import { TfjsSession } from './tfjsSession';

/** What the library computes on. */
export type TfjsDevice = 'tfjs-cpu' | 'tfjs-gpu';

/**
 * Runs graphs with TensorFlow.js, for training on GPUs that @tensorflow/tfjs-node-gpu reaches and for parity with onnxruntime.
 * Element types are float32, int32, int64 (held in 32 bits) and bool. Outputs in `keepOnDevice` stay with the library whatever it
 * computes on, so its devices are none of the other run-time's; `threads` has no meaning for it.
 */
export class TfjsRuntime implements Runtime {
  private constructor(
    private readonly tf: TensorFlow,
    readonly device: TfjsDevice,
  ) {}

  /** A run-time over a library that is loaded already. */
  static over(tf: TensorFlow, device: TfjsDevice = 'tfjs-cpu'): TfjsRuntime {
    return new TfjsRuntime(tf, device);
  }

  /** A run-time over @tensorflow/tfjs-node-gpu. @throws {RuntimeUnavailableError} where it is not there or does not load */
  static async open(options: LoadOptions = {}): Promise<TfjsRuntime> {
    const { tf, device } = await loadTfjs(options);
    return new TfjsRuntime(tf, `tfjs-${device}`);
  }

  /** @throws {GraphError} where weights are missing or of the wrong size, or the library cannot compute the graph */
  async createSession(graph: Graph, options: SessionOptions = {}): Promise<Session> {
    checkGraph(graph);
    await this.tf.ready();
    const residents = new Residents(this.tf, graph, options.weights ?? new Map());
    return new TfjsSession(this.tf, graph, this.device, residents, new Set(options.keepOnDevice));
  }
}

function checkGraph(graph: Graph): void {
  for (const { op } of graph.nodes) {
    const kernel = KERNELS[op];
    if (typeof kernel === 'function') continue;
    throw new GraphError(
      `Graph ${graph.name}: TensorFlow.js has no ${op}, no ${kernel.refused}. Use float32 weights, or onnxruntime.`,
    );
  }
  const names = graph.nodes.flatMap(({ outputs }) => outputs);
  const computed = names.map((name) => graph.values.get(name)).filter((value) => value !== undefined);
  for (const { dtype, name } of [...graph.inputs, ...graph.weights, ...graph.constants, ...computed]) {
    nativeType(dtype, `${name} in graph ${graph.name}`);
  }
  scheduleOf(
    graph,
    graph.outputs.map(({ name }) => name),
  );
}
