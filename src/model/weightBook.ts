import { ops, type GraphBuilder, type Value, type WeightData } from '../graph/index';
import { packNBits } from '../graph/quantise';
import { BLOCK, ZERO_POINT } from './half';
import type { WeightFormat } from './plannerLm';
import type { WeightFiles } from './weightFiles';
import type { WeightSource } from './weightSource';

/** Values in half precision from which on a node that converts them costs less than converting them here. */
const CAST_BY_RUNTIME = 1 << 16;

/** Adds what it loads to the weights of a session. */
type Load = (into: Map<string, WeightData>) => Promise<void>;

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
    if (size >= CAST_BY_RUNTIME && this.files.areOf('U8', sources)) {
      return this.dequantised(name, shape as [number, number], sources);
    }
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
    const blocks = Math.ceil(inner / BLOCK);
    const shape = [out, blocks, (BLOCK * bits) / 8];
    if (bits === 8 && this.files.areOf('U8', sources)) {
      const { integers, scales } = this.stored(name, sources, shape, [out * blocks]);
      return ops.matMulNBits(x, integers, scales, { bits });
    }
    this.loads.set(name, async (into) => {
      const { packed, scales } = packNBits(await this.files.readStacked(sources), out, inner, bits);
      into.set(`${name}.integers`, packed);
      into.set(`${name}.scales`, scales);
    });
    const integers = this.builder.weight(`${name}.integers`, 'uint8', shape);
    return ops.matMulNBits(x, integers, this.builder.weight(`${name}.scales`, 'float32', [out * blocks]), { bits });
  }

  /** What is stored in 8 bits, as the float32 that it stands for: the run-time computes it once, as the session is created. */
  private dequantised(name: string, [rows, columns]: readonly [number, number], sources: readonly string[]): Value {
    const blocks = [rows, columns / BLOCK];
    const { integers, scales } = this.stored(name, sources, [rows, columns], blocks);
    const zeroPoints = new Uint8Array(rows * (columns / BLOCK)).fill(ZERO_POINT);
    return ops.dequantizeLinear(integers, scales, this.builder.constant('uint8', zeroPoints, blocks), BLOCK);
  }

  /** Tensors in 8 bits, stacked. Where they are neighbours in their file the run-time takes their integers from there, and they never enter this process's heap. */
  private stored(
    name: string,
    sources: readonly string[],
    shape: readonly number[],
    scalesShape: readonly number[],
  ): { readonly integers: Value; readonly scales: Value } {
    this.loads.set(name, async (into) => {
      const region = this.files.regionOf(sources);
      const { data, scales } =
        region === undefined
          ? await this.files.readStackedBytes(sources)
          : { data: region, scales: await this.files.readStackedScales(sources) };
      into.set(`${name}.integers`, data);
      into.set(`${name}.scales.half`, scales);
    });
    const halves = this.builder.weight(`${name}.scales.half`, 'float16', scalesShape);
    return { integers: this.builder.weight(`${name}.integers`, 'uint8', shape), scales: ops.cast(halves, 'float32') };
  }

  /** Reads all weights, at once: the system reads while others are checked. @throws {ModelError} naming the file and tensor at fault */
  async load(): Promise<Map<string, WeightData>> {
    const weights = new Map<string, WeightData>();
    await Promise.all([...this.loads.values()].map((load) => load(weights)));
    return weights;
  }
}
