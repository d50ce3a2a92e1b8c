import { ModelError } from '../model/errors';
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

/**
 * What is added to which tensor.
 * @param layout of the base's tensors
 * @param tuned the file of the pairs: one may come from anywhere
 * @throws {TrainingError} kind 'stored' for a tensor that the layout has not; {@link ModelError} for a matrix that is missing or of a shape that does not fit
 */
export function lowRankByTensor(
  pairs: readonly LowRank[],
  layout: Layout,
  tuned: SafetensorsFile,
): ReadonlyMap<string, LowRankRows> {
  const rows = new Map<string, LowRankRows>();
  for (const pair of pairs) {
    const shapes = pair.sources.map((source) => {
      const shape = layout.get(source);
      if (shape !== undefined) return shape;
      throw new TrainingError('stored', `The tuned model names ${source}, which the base has not.`);
    });
    checkPair(pair, shapes, tuned);
    let first = 0;
    for (const [i, source] of pair.sources.entries()) {
      const count = shapes[i]![0]!;
      rows.set(source, new LowRankRows(pair, first, count));
      first += count;
    }
  }
  return rows;
}

/** Down is to be [rank, in] and up [out, rank], where the tensors below one another are [out, in]. @throws {ModelError} */
function checkPair({ down, up }: LowRank, shapes: readonly (readonly number[])[], tuned: SafetensorsFile): void {
  const shapeOf = (name: string): readonly number[] => {
    const info = tuned.tensors.get(name);
    if (info === undefined) throw new ModelError('missing', tuned.path, 'the file holds no such tensor', name);
    return info.shape;
  };
  const [found, beside] = [shapeOf(down), shapeOf(up)];
  const out = shapes.reduce((sum, shape) => sum + shape[0]!, 0);
  const [rank] = found;
  const fitsDown = found.length === 2 && shapes.every((shape) => shape.length === 2 && shape[1] === found[1]);
  const fitsUp = beside.length === 2 && beside[0] === out && beside[1] === rank;
  if (fitsDown && fitsUp) return;
  const [name, shape] = fitsDown ? [up, beside] : [down, found];
  throw new ModelError(
    'shape',
    tuned.path,
    `has shape [${shape.join(', ')}], which does not fit the base's matrix`,
    name,
  );
}
