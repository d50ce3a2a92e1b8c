import { tensor, type CpuTensor, type Device, type Tensor, type WantedOutputs } from '../graph/index';
import type { Tensors } from './checkpoint';

/**
 * Float32 tensors that a graph reads as inputs and writes as outputs `<name>.next`. On the CPU each has a second buffer that the graph writes into,
 * and the two change places; on a device its outputs stay there and are fed again.
 */
export class TrainingState {
  private current: Map<string, Tensor>;
  private spare: Map<string, CpuTensor>;
  private readonly shapes: ReadonlyMap<string, readonly number[]>;

  constructor(
    private readonly device: Device,
    initial: ReadonlyMap<string, CpuTensor>,
  ) {
    this.current = new Map(initial);
    this.shapes = new Map([...initial].map(([name, { dims }]) => [name, dims]));
    this.spare = new Map(device === 'cpu' ? [...this.shapes].map(([name, dims]) => [name, zeros(dims)]) : []);
  }

  get outputs(): string[] {
    return [...this.shapes.keys()].map((name) => `${name}.next`);
  }

  get feeds(): Record<string, Tensor> {
    return Object.fromEntries(this.current);
  }

  /** What to ask a session for: the next state, and these tensors, which lie in memory. */
  wanted(others: Readonly<Record<string, CpuTensor>>): WantedOutputs {
    if (this.device !== 'cpu') return [...this.outputs, ...Object.keys(others)];
    return { ...Object.fromEntries([...this.spare].map(([name, value]) => [`${name}.next`, value])), ...others };
  }

  /** Makes the outputs of a run the state, or throws them away. */
  take(outputs: ReadonlyMap<string, Tensor>, accepted: boolean): void {
    const next = new Map([...this.shapes.keys()].map((name) => [name, outputs.get(`${name}.next`)!]));
    const old = accepted ? this.current : next;
    if (accepted) this.current = next;
    if (this.device !== 'cpu') release(old.values());
    else if (accepted) this.spare = old as Map<string, CpuTensor>;
  }

  /** Makes all of it zero. */
  reset(): void {
    if (this.device === 'cpu') {
      for (const value of this.current.values()) (value as CpuTensor & { data: Float32Array }).data.fill(0);
      return;
    }
    release(this.current.values());
    this.current = new Map([...this.shapes].map(([name, dims]) => [name, zeros(dims)]));
  }

  /** Copies in memory, of all or of some. */
  async copy(names: readonly string[] = [...this.shapes.keys()]): Promise<Tensors> {
    const copies = new Map<string, { data: Float32Array; shape: readonly number[] }>();
    for (const name of names) {
      const value = this.current.get(name)!;
      const data = value.location === 'device' ? await value.download() : value.data.slice();
      if (!(data instanceof Float32Array)) throw new TypeError(`${name} is no float32 tensor.`);
      copies.set(name, { data, shape: this.shapes.get(name)! });
    }
    return copies;
  }

  restore(tensors: Tensors): void {
    for (const [name, { data, shape }] of tensors) {
      const known = this.current.get(name);
      if (known === undefined || this.shapes.get(name)!.join() !== shape.join()) continue;
      release([known]);
      this.current.set(name, tensor('float32', data.slice(), shape));
    }
  }

  dispose(): void {
    release(this.current.values());
    this.current = new Map();
    this.spare = new Map();
  }
}

function release(tensors: Iterable<Tensor>): void {
  for (const value of tensors) if (value.location === 'device') value.dispose();
}

function zeros(dims: readonly number[]): CpuTensor {
  return tensor('float32', new Float32Array(dims.reduce((product, dim) => product * dim, 1)), dims);
}
