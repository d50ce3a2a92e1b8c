import { matches } from './dims';
import type { Graph, ValueInfo } from './graph';
import { isFileRegion, type CpuTensor, type Tensor, type WantedOutputs, type WeightData } from './runtime';
import { describe, DTYPE_BYTES, GraphError } from './types';

/* Whether what a caller gives fits a graph: for every run-time the same checks, in the same words. */

/** Symbolic sizes that feeds have bound. */
type Bound = Map<string, number>;

/** @throws {GraphError} where a weight is missing or of another size */
export function checkWeight(weight: ValueInfo, data: WeightData | undefined): asserts data is WeightData {
  const size = weight.shape.reduce<number>((product, dim) => product * Number(dim), 1);
  if (data === undefined) throw new GraphError(`Weight ${weight.name}, ${describe(weight)}, was not given.`);
  if (isFileRegion(data)) {
    const bytes = size * DTYPE_BYTES[weight.dtype];
    if (data.byteLength === bytes) return;
    throw new GraphError(`Weight ${weight.name}, ${describe(weight)}, needs ${bytes} bytes, not ${data.byteLength}.`);
  }
  if (data.length !== size) {
    throw new GraphError(`Weight ${weight.name}, ${describe(weight)}, needs ${size} values, not ${data.length}.`);
  }
  if (data.BYTES_PER_ELEMENT !== DTYPE_BYTES[weight.dtype]) {
    const bytes = data.BYTES_PER_ELEMENT;
    throw new GraphError(`Weight ${weight.name}, ${describe(weight)}, was given as elements of ${bytes} bytes.`);
  }
}

/** @throws {GraphError} where an input is missing or does not fit */
export function checkFeeds({ name, inputs }: Graph, feeds: Readonly<Record<string, Tensor>>): Bound {
  const bound: Bound = new Map();
  for (const input of inputs) {
    const feed = feeds[input.name];
    if (feed === undefined) throw new GraphError(`Graph ${name}: input ${input.name}, ${describe(input)}, is missing.`);
    if (feed.dtype !== input.dtype || !matches(input.shape, feed.dims, bound)) {
      const got = describe({ dtype: feed.dtype, shape: feed.dims });
      throw new GraphError(`Graph ${name}: input ${input.name} must be ${describe(input)}, not ${got}.`);
    }
  }
  return bound;
}

export interface Wanted {
  readonly names: readonly string[];
  /** Tensors in memory that outputs are written into. */
  readonly into: Readonly<Record<string, CpuTensor>>;
}

/** @throws {GraphError} where there is no such output, or it does not fit into the tensor given for it */
export function checkWanted({ name: graph, outputs }: Graph, wanted: WantedOutputs | undefined, bound: Bound): Wanted {
  const into: Readonly<Record<string, CpuTensor>> = wanted === undefined || isList(wanted) ? {} : wanted;
  const all = outputs.map((output) => output.name);
  const names = wanted === undefined ? all : isList(wanted) ? wanted : Object.keys(wanted);
  for (const name of names) {
    const output = outputs.find((candidate) => candidate.name === name);
    if (output === undefined) throw new GraphError(`Graph ${graph} has no output ${name}; it has ${all.join(', ')}.`);
    const target = into[name];
    if (target !== undefined && (target.dtype !== output.dtype || !matches(output.shape, target.dims, bound))) {
      const got = describe({ dtype: target.dtype, shape: target.dims });
      throw new GraphError(`Graph ${graph}: output ${name}, ${describe(output)}, cannot be written into ${got}.`);
    }
  }
  return { names, into };
}

function isList(outputs: WantedOutputs): outputs is readonly string[] {
  return Array.isArray(outputs);
}
