import { tensor, type CpuTensor } from '../graph/index';
import type { ModelConfig } from '../model/config';
import type { Batch, BatchShape } from './corpus/batches';

/** A batch as the inputs of the joint graph (see jointLosses): B and T, or U, joined, and `unitOf` counting over all units of the batch. */
export function batchFeeds(
  batch: Batch,
  { batch: B, length: T, units: U }: BatchShape,
  config: ModelConfig,
): Record<string, CpuTensor> {
  const rows = B * T;
  const positions = B * U;
  const steps = config.planner.steps;
  return {
    tokens: tensor('int32', batch.tokens, [rows]),
    targets: tensor('int32', batch.targets, [rows]),
    targetWeights: tensor('float32', batch.targetWeights, [rows]),
    unitOf: tensor(
      'int32',
      batch.unitOf.map((unit, i) => Math.floor(i / T) * U + unit),
      [rows],
    ),
    embeddings: tensor('float32', batch.embeddings, [positions, config.encoder.embeddingSize]),
    kinds: tensor('int32', batch.kinds, [positions]),
    isStart: tensor('bool', batch.isStart, [positions, 1]),
    labels: tensor('int32', batch.labels, [positions * steps]),
    labelWeights: tensor('float32', batch.labelWeights, [positions * steps]),
  };
}
