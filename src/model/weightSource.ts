import type { GraphBuilder, Value } from '../graph/index';

/** Where the layers of a graph take their weights from: files, for inference (WeightBook), or what is being trained (ParameterBook). */
export interface WeightSource {
  readonly builder: GraphBuilder;

  /** A float32 tensor. @param sources the tensors it consists of, stacked in its first axis; itself if not given */
  tensor(name: string, shape: readonly number[], sources?: readonly string[]): Value;

  /** x [T, in] × Wᵀ → [T, out], W [out, in]. @param sources the tensors whose rows W consists of */
  linear(x: Value, name: string, shape: readonly [number, number], sources?: readonly string[]): Value;
}
