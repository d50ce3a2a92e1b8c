import { bfloatToFloat, halfToFloat } from './half';
import type { RawTensor } from './safetensors';

/**
 * A table of token embeddings [V, d], kept as the file has it (half the memory of float32 for half precision) and widened row by
 * row: the graph takes embedded tokens, and a tied output head in another format needs no second copy.
 */
export class EmbeddingTable {
  readonly rows: number;

  constructor(
    private readonly raw: RawTensor,
    readonly width: number,
  ) {
    this.rows = raw.data.length / width;
  }

  /** Rows of these tokens [T, d]. @throws {RangeError} for a token beyond the vocabulary */
  lookUp(tokens: ArrayLike<number>): Float32Array {
    const { width, raw } = this;
    const found = new Float32Array(tokens.length * width);
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i]!;
      if (!(token >= 0 && token < this.rows)) throw new RangeError(`There is no token ${token} among ${this.rows}.`);
      const target = found.subarray(i * width, (i + 1) * width);
      if (raw.dtype === 'F32') target.set(raw.data.subarray(token * width, (token + 1) * width));
      else
        (raw.dtype === 'F16' ? halfToFloat : bfloatToFloat)(
          raw.data.subarray(token * width, (token + 1) * width),
          target,
        );
    }
    return found;
  }
}
