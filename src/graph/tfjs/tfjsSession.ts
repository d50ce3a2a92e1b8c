import { checkFeeds, checkWanted, type Wanted } from '../fits';
import type { Graph } from '../graph';
import type { GraphNode } from '../node';
import { reasonOf } from '../ortFailure';
import { DeviceError, type CpuTensor, type Device, type Session, type Tensor, type WantedOutputs } from '../runtime';
import { GraphError } from '../types';
import { TfjsDeviceTensor } from './deviceTensor';
import type { Operands } from './kernel';
import { compute } from './kernels';
import { download, upload, type NativeTensor, type TensorFlow } from './library';
import type { Residents } from './residents';
import { scheduleOf, type Schedule } from './schedule';

/** Tensors of one run by the names of their values. */
type Values = Map<string, NativeTensor>;

/**
 * Interprets a graph, node by node. A tensor is freed as soon as its last reader has run, so the library's memory is the same after
 * every run, but for the outputs that stay there. Made by TfjsRuntime.
 */
export class TfjsSession implements Session {
  private readonly schedules = new Map<string, Schedule>();
  private closed = false;

  constructor(
    private readonly tf: TensorFlow,
    readonly graph: Graph,
    private readonly device: Device,
    private readonly residents: Residents,
    private readonly kept: ReadonlySet<string>,
  ) {}

  /**
   * @throws {GraphError} where feeds do not fit the graph's inputs, or wanted outputs its outputs
   * @throws {DeviceError} where the computation fails, or the session is disposed of
   */
  async run(feeds: Readonly<Record<string, Tensor>>, outputs?: WantedOutputs): Promise<ReadonlyMap<string, Tensor>> {
    if (this.closed) {
      throw new DeviceError(`The session of graph ${this.graph.name} is disposed of; create another.`);
    }
    const wanted = checkWanted(this.graph, outputs, checkFeeds(this.graph, feeds));
    const values: Values = new Map();
    try {
      this.compute(this.schedule(wanted.names), feeds, values);
      return await this.collect(wanted, values);
    } catch (cause) {
      if (cause instanceof GraphError || cause instanceof DeviceError) throw cause;
      throw new DeviceError(`Graph ${this.graph.name} failed on ${this.device}: ${reasonOf(cause)}`, { cause });
    } finally {
      for (const tensor of values.values()) tensor.dispose();
    }
  }

  dispose(): Promise<void> {
    if (!this.closed) this.residents.dispose();
    this.closed = true;
    return Promise.resolve();
  }

  private schedule(names: readonly string[]): Schedule {
    const key = names.join('\n');
    let schedule = this.schedules.get(key);
    if (schedule === undefined) {
      schedule = scheduleOf(this.graph, names);
      this.schedules.set(key, schedule);
    }
    return schedule;
  }

  /** Leaves the wanted outputs in `values`; where it fails, whatever was there at that moment. */
  private compute({ inputs, steps }: Schedule, feeds: Readonly<Record<string, Tensor>>, values: Values): void {
    // The caller's tensors, which are not this run's to free.
    const lent: Values = new Map();
    for (const name of inputs) {
      const feed = feeds[name]!;
      if (feed.location === 'cpu') values.set(name, upload(this.tf, feed, name));
      else lent.set(name, this.native(feed));
    }
    const find = (name: string): NativeTensor => values.get(name) ?? lent.get(name) ?? this.residents.tensor(name)!;
    for (const { node, frees } of steps) {
      const operands = this.operandsOf(node, find);
      const results = this.tf.tidy(() => compute(this.tf, node, operands));
      node.outputs.forEach((name, i) => values.set(name, results[i]!));
      for (const name of frees) {
        values.get(name)?.dispose();
        values.delete(name);
      }
    }
  }

  private operandsOf({ inputs }: GraphNode, find: (name: string) => NativeTensor): Operands {
    return {
      count: inputs.length,
      tensor: (index) => find(inputs[index]!),
      integers: (index) => {
        const name = inputs[index]!;
        return Array.from<number | bigint, number>(this.residents.data(name) ?? find(name).dataSync(), Number);
      },
    };
  }

  private native(feed: Tensor): NativeTensor {
    if (feed instanceof TfjsDeviceTensor && feed.owner === this.tf) return feed.native();
    throw new GraphError(`Graph ${this.graph.name}: a tensor of another run-time was fed.`);
  }

  /** Outputs as the caller wants them; those that stay with the library are taken out of `values`. */
  private async collect({ names, into }: Wanted, values: Values): Promise<ReadonlyMap<string, Tensor>> {
    const results = new Map<string, Tensor>();
    for (const name of names) {
      const { dtype } = this.graph.values.get(name)!;
      const tensor = values.get(name)!;
      const target = into[name];
      if (target === undefined && this.kept.has(name)) {
        results.set(name, new TfjsDeviceTensor(this.tf, tensor, dtype));
        continue;
      }
      const data = await download(tensor, dtype);
      // Its type is that of the data; the targets' was checked.
      if (target !== undefined) (target.data as { set(from: unknown): void }).set(data);
      results.set(name, target ?? ({ location: 'cpu', dtype, dims: tensor.shape, data } as CpuTensor));
    }
    for (const [name, result] of results) if (result.location === 'device') values.delete(name);
    return results;
  }
}
