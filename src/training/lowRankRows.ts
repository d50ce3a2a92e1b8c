import type { Layout } from '../model/layout';
import type { SafetensorsFile } from '../model/safetensors';
import { TrainingError } from './errors';
import { LOW_RANK_SCALE, type LowRank } from './parameterBook';

/** The rows of a pair of thin matrices that belong to one tensor: a pair serves all whose rows lie one below the other in its W. */
export class LowRankRows {
  constructor(
    private readonly pair: LowRank,
    private readonly first: number,
    private readonly rows: number,
  ) {}

  /** Adds scale · up × down. @param values of the tensor [rows, in]; changed @throws {ModelError} naming the tensor that is missing or broken */
  async addTo(values: Float32Array, tuned: SafetensorsFile): Promise<void> {
    const a = await tuned.read(this.pair.down);
    const b = await tuned.read(this.pair.up);
    const [rank, inner] = tuned.tensors.get(this.pair.down)!.shape as [number, number];
    for (let r = 0, row = this.first; r < this.rows; r++, row++) {
      for (let k = 0; k < rank; k++) {
        const factor = LOW_RANK_SCALE * b[row * rank + k]!;
        for (let i = 0; i < inner; i++) values[r * inner + i]! += factor * a[k * inner + i]!;
      }
    }
  }
}

/** What is added to which tensor. @throws {TrainingError} kind 'stored' for one that the layout has not */
export function lowRankByTensor(pairs: readonly LowRank[], layout: Layout): ReadonlyMap<string, LowRankRows> {
  const rows = new Map<string, LowRankRows>();
  for (const pair of pairs) {
    let first = 0;
    for (const source of pair.sources) {
      const shape = layout.get(source);
      if (shape === undefined) {
        throw new TrainingError('stored', `The tuned model names ${source}, which the base has not.`);
      }
      const count = shape[0]!;
      rows.set(source, new LowRankRows(pair, first, count));
      first += count;
    }
  }
  return rows;
}
