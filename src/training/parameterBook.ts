import { ops, type GraphBuilder, type TensorData, type Value } from '../graph/index';
import type { Layout } from '../model/layout';
import type { WeightSource } from '../model/weightSource';

/** Parts of a model that are tuned, each a weight file, and each with a learning rate of its own. */
export const GROUPS = ['lm', 'adapter', 'planner'] as const;
export type Group = (typeof GROUPS)[number];

/** What is tuned: one input of the training graph, made of one or more tensors of the model's files, stacked in its first axis. */
export interface Parameter {
  readonly name: string;
  readonly group: Group;
  readonly shape: readonly number[];
  /** The files' tensors; none for a matrix of LoRA, which starts anew. */
  readonly sources: readonly string[];
  readonly value: Value;
}

/** A pair of thin matrices added to a frozen one: W + scale · up × down (LoRA, arXiv 2106.09685). */
export interface LowRank {
  /** The tensors of W's rows. */
  readonly sources: readonly string[];
  /** Names of the parameters down [rank, in] and up [out, rank]. */
  readonly down: string;
  readonly up: string;
}

export interface ParameterOptions {
  /** Groups whose tensors are tuned; those of others are weights of the graph. */
  readonly tuned: readonly Group[];
  /** Where given, the LM's own tensors stay as they are, and its linear layers get matrices of this rank beside them. */
  readonly lowRank?: number | undefined;
}

/** LoRA's α/rank with α = 2·rank, as is usual. */
export const LOW_RANK_SCALE = 2;

/**
 * The weights of a training graph: parameters are inputs of the graph, so that each step is fed what the one before it put out; what is frozen
 * is a weight. Tensors that the layers read as one matrix are tuned as one.
 */
export class ParameterBook implements WeightSource {
  private readonly byName = new Map<string, Parameter>();
  private readonly frozen = new Map<string, { readonly group: Group; readonly sources: readonly string[] }>();
  private readonly pairs: LowRank[] = [];

  constructor(
    readonly builder: GraphBuilder,
    private readonly options: ParameterOptions,
  ) {}

  get parameters(): readonly Parameter[] {
    return [...this.byName.values()];
  }

  get lowRank(): readonly LowRank[] {
    return this.pairs;
  }

  tensor(name: string, shape: readonly number[], sources: readonly string[] = [name]): Value {
    const unique = [...new Set(sources)];
    if (unique.length === sources.length) return this.take(name, shape, sources);
    // One tensor shown several times (the norm of all heads): it stays one parameter.
    const rows = shape[0]! / sources.length;
    const parts = new Map(unique.map((source) => [source, this.take(source, [rows, ...shape.slice(1)], [source])]));
    return ops.concat(
      sources.map((source) => parts.get(source)!),
      0,
    );
  }

  linear(x: Value, name: string, [out, inner]: readonly [number, number], sources: readonly string[] = [name]): Value {
    const full = ops.gemm(x, this.tensor(name, [out, inner], sources), undefined, { transB: true });
    const rank = this.options.lowRank;
    // The table of embeddings is no linear layer, though it serves as the output head too.
    if (rank === undefined || groupOf(sources[0]!) !== 'lm' || !name.includes('.layers.')) return full;
    const down = this.add(`${name}.down`, 'lm', [rank, inner], []);
    const up = this.add(`${name}.up`, 'lm', [out, rank], []);
    this.pairs.push({ sources, down: down.name, up: up.name });
    const thin = ops.gemm(x, down.value, undefined, { transB: true });
    return ops.add(full, ops.gemm(thin, up.value, undefined, { transB: true, alpha: LOW_RANK_SCALE }));
  }

  /** Reads the weights of what is frozen. @throws {ModelError} naming file and tensor */
  async loadFrozen(
    read: (group: Group, sources: readonly string[]) => Promise<Float32Array>,
  ): Promise<Map<string, TensorData>> {
    const weights = new Map<string, TensorData>();
    for (const [name, { group, sources }] of this.frozen) weights.set(name, await read(group, sources));
    return weights;
  }

  private take(name: string, shape: readonly number[], sources: readonly string[]): Value {
    const group = groupOf(sources[0]!);
    const isTuned = this.options.tuned.includes(group) && !(group === 'lm' && this.options.lowRank !== undefined);
    if (isTuned) return this.add(name, group, shape, sources).value;
    this.frozen.set(name, { group, sources });
    return this.builder.weight(name, 'float32', shape);
  }

  private add(name: string, group: Group, shape: readonly number[], sources: readonly string[]): Parameter {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    const parameter = { name, group, shape, sources, value: this.builder.input(name, 'float32', shape) };
    this.byName.set(name, parameter);
    return parameter;
  }
}

/** A parameter's values cut into the files' tensors it was made of; those of LoRA as they are. @param layout shapes of the files' tensors */
export function tensorsOf(
  { name, sources }: Pick<Parameter, 'name' | 'sources'>,
  values: Float32Array,
  layout: Layout,
): [string, Float32Array][] {
  if (sources.length === 0) return [[name, values]];
  let at = 0;
  return sources.map((source) => {
    const size = layout.get(source)!.reduce((product, dim) => product * dim, 1);
    at += size;
    return [source, values.subarray(at - size, at)];
  });
}

/** The file that a tensor is in, by its name. */
function groupOf(tensor: string): Group {
  if (tensor.startsWith('adapter.')) return 'adapter';
  return tensor.startsWith('planner.') ? 'planner' : 'lm';
}
