import type { RotaryTable } from './rotary';

/** Several token sequences as the rows of one batch without padding: T tokens of U sequences. */
export interface PackedSequences {
  readonly tokens: Int32Array;
  /** Which sequence each token belongs to [T]. */
  readonly sequence: Int32Array;
  /** [T, headDim] each; positions start anew with every sequence. */
  readonly cos: Float32Array;
  readonly sin: Float32Array;
  /** [U, T], the mean over each sequence's rows. */
  readonly pool: Float32Array;
}

export function packSequences(
  sequences: readonly (readonly number[])[],
  rotary: RotaryTable,
  headDim: number,
): PackedSequences {
  const total = sequences.reduce((sum, tokens) => sum + tokens.length, 0);
  const packed = {
    tokens: new Int32Array(total),
    sequence: new Int32Array(total),
    cos: new Float32Array(total * headDim),
    sin: new Float32Array(total * headDim),
    pool: new Float32Array(sequences.length * total),
  };
  let start = 0;
  sequences.forEach((tokens, row) => {
    const end = start + tokens.length;
    const rotation = rotary.rows(0, tokens.length);
    packed.tokens.set(tokens, start);
    packed.sequence.fill(row, start, end);
    packed.cos.set(rotation.cos, start * headDim);
    packed.sin.set(rotation.sin, start * headDim);
    packed.pool.fill(1 / tokens.length, row * total + start, row * total + end);
    start = end;
  });
  return packed;
}

/** Indices of sequences in batches of at most `budget` tokens (a longer sequence is alone), in order. */
export function batchesWithin(lengths: readonly number[], budget: number): number[][] {
  const batches: number[][] = [];
  let room = 0;
  lengths.forEach((length, index) => {
    const last = batches.at(-1);
    if (last === undefined || length > room) {
      batches.push([index]);
      room = budget - length;
    } else {
      last.push(index);
      room -= length;
    }
  });
  return batches;
}
