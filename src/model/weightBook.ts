import { ops, type GraphBuilder, type TensorData, type Value } from '../graph/index';
import { packBytes, packNBits, type PackedMatrix } from '../graph/quantise';
import { halfToFloat } from './half';
import type { WeightFormat } from './plannerLm';
import type { WeightFiles } from './weightFiles';
import type { WeightSource } from './weightSource';

/** Values in half precision from which on a node that converts them costs less than converting them here. */
const CAST_BY_RUNTIME = 1 << 16;

/** Adds what it loads to the weights of a session. */
type Load = (into: Map<string, TensorData>) => Promise<void>;

/**
 * The weights of one graph: a layer takes them from here while the graph is built, and the book remembers which tensors of the
 * files they are made of. Only then are they read, each once, straight into the form the session gets.
 */
export class WeightBook implements WeightSource {
  private readonly loads = new Map<string, Load>();

  constructor(
    readonly builder: GraphBuilder,
    private readonly files: WeightFiles,
    private readonly linearFormat: WeightFormat = 'float32',
  ) {}

  /** A float32 tensor; with several sources, they are stacked in its first axis. */
  tensor(name: string, shape: readonly number[], sources: readonly string[] = [name]): Value {
    const size = shape.reduce((product, dim) => product * dim, 1);
    if (size >= CAST_BY_RUNTIME && this.files.areOf('F16', sources)) {
      // The run-time makes float32 of them, once, as the session is created: a model opens in a tenth less time than where it is done here.
      const half = `${name}.half`;
      this.loads.set(name, async (into) => void into.set(half, await this.files.readStackedHalf(sources)));
      return ops.cast(this.builder.weight(half, 'float16', shape), 'float32');
    }
    this.loads.set(name, async (into) => void into.set(name, await this.files.readStacked(sources)));
    return this.builder.weight(name, 'float32', shape);
  }

  /**
   * x [T, in] × Wᵀ → [T, out], W [out, in] in the book's format.
   * @param sources the tensors whose rows W consists of
   */
  linear(x: Value, name: string, [out, inner]: readonly [number, number], sources: readonly string[] = [name]): Value {
    if (this.linearFormat === 'float32') {
      return ops.gemm(x, this.tensor(name, [out, inner], sources), undefined, { transB: true });
    }
    const bits = this.linearFormat === 'int8' ? 8 : 4;
    this.loads.set(name, async (into) => {
      const { packed, scales } = await this.packed(sources, [out, inner], bits);
      into.set(`${name}.packed`, packed);
      into.set(`${name}.scales`, scales);
    });
    const blocks = Math.ceil(inner / 32);
    const packed = this.builder.weight(`${name}.packed`, 'uint8', [out, blocks, (32 * bits) / 8]);
    const scales = this.builder.weight(`${name}.scales`, 'float32', [out * blocks]);
    return ops.matMulNBits(x, packed, scales, { bits });
  }

  private async packed(
    sources: readonly string[],
    [out, inner]: readonly [number, number],
    bits: 4 | 8,
  ): Promise<PackedMatrix> {
    if (bits === 4 || !this.files.areOf('I8', sources)) {
      return packNBits(await this.files.readStacked(sources), out, inner, bits);
    }
    const { data, scales } = await this.files.readStackedBytes(sources);
    const wide = new Float32Array(scales.length);
    halfToFloat(scales, wide);
    return packBytes(data, wide);
  }

  /** Reads all weights, at once: the system reads while others are checked. @throws {ModelError} naming the file and tensor at fault */
  async load(): Promise<Map<string, TensorData>> {
    const weights = new Map<string, TensorData>();
    await Promise.all([...this.loads.values()].map((load) => load(weights)));
    return weights;
  }
}
