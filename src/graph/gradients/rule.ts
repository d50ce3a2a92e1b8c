import type { Value } from '../graph';
import type { Attributes, Op } from '../node';

/** One operation on the way back: what it read and wrote, and what is known of the loss's dependence on what it wrote. */
export interface Step<O extends Op> {
  readonly op: O;
  readonly attributes: Attributes[O];
  /** Operands; trailing ones that were left out are missing. */
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** d loss / d output, for the first output; of an operation with one output, its gradient. */
  readonly gradient: Value;
  /** d loss / d output for every output, undefined where the loss does not depend on it. */
  readonly gradients: readonly (Value | undefined)[];
}

/** Builds d loss / d one operand, in that operand's shape. Only called for operands whose gradient is wanted. */
export type Back = () => Value;

/**
 * The vector-Jacobian product of an operation, one entry per operand; undefined, or no entry, for an operand that the result does not
 * depend on smoothly.
 */
export type Rule<O extends Op> = (step: Step<O>) => readonly (Back | undefined)[];

/** A rule for each of some operations. */
export type Rules<O extends Op> = { readonly [K in O]: Rule<K> };

/** Nothing is differentiable here: integers and truth values, or steps. */
export const stop: Rule<Op> = () => [];
