import { bfloatToFloat, BLOCK, bytesToFloat, halfToFloat } from './half';
import type { RawTensor } from './safetensors';

/**
 * A table of token embeddings [V, d], kept as the file has it (half the memory of float32 for half precision, little more than a quarter for
 * 8 bits) and widened row by row: the graph takes embedded tokens, and a tied output head in another format needs no second copy.
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
    const { width } = this;
    const found = new Float32Array(tokens.length * width);
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i]!;
      if (!(token >= 0 && token < this.rows)) throw new RangeError(`There is no token ${token} among ${this.rows}.`);
      this.widen(token * width, found.subarray(i * width, (i + 1) * width));
    }
    return found;
  }

  /** The row that begins at an element of the table. */
  private widen(start: number, target: Float32Array): void {
    const { raw, width } = this;
    const end = start + width;
    switch (raw.dtype) {
      case 'F32': {
        target.set(raw.data.subarray(start, end));
        return;
      }
      case 'F16': {
        halfToFloat(raw.data.subarray(start, end), target);
        return;
      }
      case 'BF16': {
        bfloatToFloat(raw.data.subarray(start, end), target);
        return;
      }
      case 'U8': {
        bytesToFloat(raw.data.subarray(start, end), raw.scales.subarray(start / BLOCK, end / BLOCK), target);
        return;
      }
    }
  }
}
