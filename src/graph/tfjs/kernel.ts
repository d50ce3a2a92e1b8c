import type { Attributes, Op } from '../node';
import type { NativeTensor, TensorFlow } from './library';

/** What a node reads. */
export interface Operands {
  /** Number of operands, those left out at the end not counted. */
  readonly count: number;
  /** Operand `index`, which stays the caller's. */
  tensor(index: number): NativeTensor;
  /** The elements of an integer operand such as a list of axes: at hand where it is a constant, else they are downloaded. */
  integers(index: number): readonly number[];
}

/**
 * Computes one operation. Returns one tensor per output, each of its own: never an operand itself. What else it allocates is freed by
 * the caller.
 */
export type Kernel<O extends Op> = (
  tf: TensorFlow,
  operands: Operands,
  attributes: Attributes[O],
) => NativeTensor | NativeTensor[];

/** An operation that the library cannot compute. */
export interface Refused {
  readonly refused: string;
}

export type Kernels<O extends Op = Op> = { readonly [K in O]: Kernel<K> | Refused };
