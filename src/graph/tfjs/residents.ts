import { checkWeight } from '../fits';
import type { Graph } from '../graph';
import { isFileRegion, type CpuTensor, type WeightData } from '../runtime';
import { GraphError, type TensorData } from '../types';
import { upload, type NativeTensor, type TensorFlow } from './library';

/** Tensors that stay as long as a session: weights, uploaded at once, and constants, when they are first read as tensors. */
export class Residents {
  private readonly tensors = new Map<string, NativeTensor>();
  private readonly constants: ReadonlyMap<string, CpuTensor>;

  /** @throws {GraphError} where a weight is missing or of another size */
  constructor(
    private readonly tf: TensorFlow,
    graph: Graph,
    weights: ReadonlyMap<string, WeightData>,
  ) {
    this.constants = new Map(
      graph.constants.map(({ name, dtype, shape, data }) => [name, inMemory(dtype, shape as readonly number[], data)]),
    );
    for (const { name, dtype, shape } of graph.weights) {
      const info = { name, dtype, shape };
      const data = weights.get(name);
      checkWeight(info, data);
    }
    for (const { name, dtype, shape } of graph.weights) {
      const data = weights.get(name)!;
      if (isFileRegion(data))
        throw new GraphError(`Weight ${name} is in a file, and TensorFlow.js takes none from there.`);
      this.add(name, inMemory(dtype, shape as readonly number[], data));
    }
  }

  tensor(name: string): NativeTensor | undefined {
    const known = this.tensors.get(name);
    if (known !== undefined) return known;
    const constant = this.constants.get(name);
    return constant === undefined ? undefined : this.add(name, constant);
  }

  /** The elements of a constant. */
  data(name: string): TensorData | undefined {
    return this.constants.get(name)?.data;
  }

  dispose(): void {
    for (const tensor of this.tensors.values()) tensor.dispose();
    this.tensors.clear();
  }

  private add(name: string, tensor: CpuTensor): NativeTensor {
    // Kept: it may be made while a kernel runs, whose other tensors are freed after it.
    const made = this.tf.keep(upload(this.tf, tensor, name));
    this.tensors.set(name, made);
    return made;
  }
}

function inMemory(dtype: CpuTensor['dtype'], dims: readonly number[], data: TensorData): CpuTensor {
  return { location: 'cpu', dtype, dims, data } as CpuTensor;
}
