import type { BlockConfig } from './config';
import { NoNumbersError } from './errors';
import { firstNotFinite } from './half';

/** Keys and values of the tokens an LM has read, to go on from. */
export interface KVCache {
  /** Most tokens it can hold. */
  readonly capacity: number;
  /** Tokens it holds. */
  readonly length: number;
  /** Forgets all but the first `length` tokens. */
  truncate(length: number): void;
}

/** A continuation of what a cache holds. */
export interface Branch {
  /** Tokens before its next one. */
  readonly length: number;
}

export interface BranchToken {
  readonly branch: Branch;
  readonly id: number;
  /** Plan vector [A·d]. */
  readonly plan: Float32Array;
}

/** Several continuations of what a cache held when they began, decoded side by side: the weights are read once for all of them. */
export interface Branches {
  /** A new branch that has nothing but the trunk, or what another branch has so far. */
  fork(from?: Branch): Branch;
  /** Appends a token to each of these branches, all of them different, and returns the logits after each [V]. */
  extend(tokens: readonly BranchToken[]): Promise<Float32Array[]>;
}

/** Slots a cache starts with; it doubles until its capacity, so a short text does not attend over a long empty cache. */
const FIRST_SLOTS = 128;

/**
 * Per layer one array of keys and one of values, head-major [kvHeads, slots, headDim]: the layout that a graph reads as it is.
 * New rows are written in place; the slots grow by doubling.
 */
export class HeadMajorCache implements KVCache {
  private used = 0;
  private room: number;
  private keyArrays: Float32Array[];
  private valueArrays: Float32Array[];

  constructor(
    private readonly config: BlockConfig,
    readonly capacity: number,
  ) {
    this.room = Math.min(FIRST_SLOTS, capacity);
    this.keyArrays = this.allocate(this.room);
    this.valueArrays = this.allocate(this.room);
  }

  get length(): number {
    return this.used;
  }

  /** Tokens that the arrays have room for; at most `capacity`. */
  get slots(): number {
    return this.room;
  }

  /** Keys by layer, [kvHeads, slots, headDim] each; rows from `length` on are left over from earlier. */
  get keys(): readonly Float32Array[] {
    return this.keyArrays;
  }

  get values(): readonly Float32Array[] {
    return this.valueArrays;
  }

  truncate(length: number): void {
    if (!Number.isInteger(length) || length < 0 || length > this.used) {
      throw new RangeError(`A cache of ${this.used} tokens cannot be cut to ${length}.`);
    }
    this.used = length;
  }

  /** @throws {RangeError} where `count` more tokens do not fit */
  assertRoom(count: number): void {
    if (this.used + count > this.capacity) {
      throw new RangeError(`The cache holds ${this.used} of ${this.capacity} tokens; ${count} more do not fit.`);
    }
  }

  /**
   * Appends the stacked rows of new tokens [layers, 2 (keys, values), kvHeads, count, headDim].
   * @throws {NoNumbersError} where one is not finite; the cache is then unchanged
   */
  append(stacked: Float32Array, count: number): void {
    this.assertRoom(count);
    // Attention weighs rows that are masked out, or left over, with 0, and 0 times NaN is NaN: they would spoil all that comes later.
    if (firstNotFinite(stacked) >= 0) throw new NoNumbersError();
    this.grow(this.used + count);
    const { layers, kvHeads, headDim } = this.config;
    const block = count * headDim;
    let from = 0;
    for (let layer = 0; layer < layers; layer++) {
      for (const target of [this.keyArrays[layer]!, this.valueArrays[layer]!]) {
        for (let head = 0; head < kvHeads; head++, from += block) {
          target.set(stacked.subarray(from, from + block), (head * this.room + this.used) * headDim);
        }
      }
    }
    this.used += count;
  }

  /** Holds what another cache holds, and nothing else. */
  copyFrom(other: HeadMajorCache): void {
    this.used = 0;
    this.assertRoom(other.used);
    this.room = other.room;
    this.keyArrays = other.keyArrays.map((array) => array.slice());
    this.valueArrays = other.valueArrays.map((array) => array.slice());
    this.used = other.used;
  }

  private grow(needed: number): void {
    if (needed <= this.room) return;
    const old = this.room;
    while (this.room < needed) this.room *= 2;
    this.room = Math.min(this.room, this.capacity);
    this.keyArrays = this.keyArrays.map((array) => this.moved(array, old));
    this.valueArrays = this.valueArrays.map((array) => this.moved(array, old));
  }

  private moved(array: Float32Array, old: number): Float32Array {
    const { kvHeads, headDim } = this.config;
    const larger = new Float32Array(kvHeads * this.room * headDim);
    for (let head = 0; head < kvHeads; head++) {
      const start = head * old * headDim;
      larger.set(array.subarray(start, start + this.used * headDim), head * this.room * headDim);
    }
    return larger;
  }

  private allocate(slots: number): Float32Array[] {
    const { layers, kvHeads, headDim } = this.config;
    return Array.from({ length: layers }, () => new Float32Array(kvHeads * slots * headDim));
  }
}
