import type { Value } from '../graph/index';
import { rmsNorm } from '../graph/nn';
import { add, div, gather, gemm, reshape, where } from '../graph/ops';
import { llamaBlock, type BlockOptions, type Rotation } from './blocks';
import type { ModelConfig } from './config';
import type { WeightSource } from './weightSource';

/** What the planner reads at P positions. Position p has read the units before p; that of no unit stands for the document's start. */
export interface PlannerReading {
  /** Of the unit read last [P, e]; anything where there is none. */
  readonly embeddings: Value;
  /** Its kind [P], an index into the planner's kinds. */
  readonly kinds: Value;
  /** True at positions that have read nothing [P, 1]. */
  readonly isStart: Value;
}

/** The planner's blocks: from what is read to hidden rows [P, d]. Mask, rotation and batch as of {@link llamaBlock}. */
export function plannerRows(
  book: WeightSource,
  { planner: c, encoder }: ModelConfig,
  { embeddings, kinds, isStart }: PlannerReading,
  rotation: Rotation,
  options: BlockOptions,
): Value {
  const d = c.hiddenSize;
  const inputWeight = book.tensor('planner.input.weight', [d, encoder.embeddingSize]);
  const inputBias = book.tensor('planner.input.bias', [d]);
  const ofUnits = gemm(embeddings, inputWeight, inputBias, { transB: true });
  const ofKinds = gather(book.tensor('planner.kinds.weight', [c.kinds, d]), kinds);
  let x = where(isStart, book.tensor('planner.start', [d]), add(ofUnits, ofKinds));
  for (let i = 0; i < c.layers; i++) x = llamaBlock(book, c, `planner.layers.${i}`, x, rotation, options).x;
  return x;
}

/** Hidden rows [R, d] → logits of the labels of the next units [R, steps, K], divided by the fitted temperature. */
export function plannerLogits(book: WeightSource, { planner: c, labels }: ModelConfig, x: Value): Value {
  const normed = rmsNorm(x, book.tensor('planner.norm.weight', [c.hiddenSize]), c.rmsNormEps);
  const heads = Array.from({ length: c.steps }, (_, s) => `planner.heads.${s}`);
  const rows = c.steps * labels.count;
  const stacked = (what: string, shape: readonly number[]): Value =>
    book.tensor(
      `planner.heads.${what}`,
      shape,
      heads.map((head) => `${head}.${what}`),
    );
  const all = gemm(normed, stacked('weight', [rows, c.hiddenSize]), stacked('bias', [rows]), { transB: true });
  return div(reshape(all, [0, c.steps, labels.count]), c.temperature);
}
