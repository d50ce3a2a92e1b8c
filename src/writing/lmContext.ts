import type { KVCache } from '../model/kvCache';
import type { PlannerLM } from '../model/plannerLm';
import { checkpoint } from './cancellation';

/** What the LM is fed of the plan at a position [A·d]. The object is the identity: equal objects mean equal conditions. */
export interface PlanVector {
  readonly values: Float32Array;
}

/** An input position of the LM. */
export interface PlannedToken {
  readonly id: number;
  readonly plan: PlanVector;
}

/** Tokens read in one call. Small enough that a cancelled prefill stops soon (60 ms on two cores), large enough to use the hardware: half of it takes a seventh more. */
const CHUNK = 128;

/**
 * The LM's view of the text before the cursor: a KV cache that is kept from one keystroke to the next. What the new input shares with
 * the old (same tokens under the same plans) is not computed again.
 */
export class LmContext {
  private readonly cache: KVCache;
  private held: PlannedToken[] = [];
  /** Logits after the last held token. */
  private logits: Float32Array | undefined;

  constructor(private readonly model: PlannerLM) {
    this.cache = model.createCache();
  }

  get capacity(): number {
    return this.cache.capacity;
  }

  /**
   * Makes the cache hold exactly these tokens (at least one) and returns the logits of the next [V].
   * @throws {CancelledError} between chunks; what was read by then stays
   */
  async read(tokens: readonly PlannedToken[], signal?: AbortSignal): Promise<Float32Array> {
    let shared = 0;
    while (shared < tokens.length && shared < this.held.length && same(tokens[shared]!, this.held[shared]!)) shared++;
    if (shared === tokens.length && shared === this.held.length && this.logits) return this.logits;
    // At least one token must be read for there to be logits.
    this.truncate(Math.min(shared, tokens.length - 1));
    let logits: Float32Array | undefined;
    while (this.held.length < tokens.length) {
      await checkpoint(signal);
      logits = await this.extend(tokens.slice(this.held.length, this.held.length + CHUNK));
    }
    return logits!;
  }

  /** Makes the cache hold exactly these tokens, which may be none, and lends it until the next call. @throws {CancelledError} between chunks */
  async hold(tokens: readonly PlannedToken[], signal?: AbortSignal): Promise<KVCache> {
    if (tokens.length === 0) this.truncate(0);
    else await this.read(tokens, signal);
    return this.cache;
  }

  private async extend(tokens: readonly PlannedToken[]): Promise<Float32Array> {
    const size = tokens[0]!.plan.values.length;
    const plan = new Float32Array(tokens.length * size);
    for (const [i, token] of tokens.entries()) plan.set(token.plan.values, i * size);
    const before = this.held.length;
    const ids = tokens.map((token) => token.id);
    try {
      this.logits = undefined;
      const logits = await this.model.extend(this.cache, ids, plan, 'last');
      this.held.push(...tokens);
      this.logits = logits;
      return logits;
    } catch (error) {
      // Half-written keys and values are worth nothing.
      this.truncate(before);
      throw error;
    }
  }

  private truncate(length: number): void {
    this.held.length = Math.min(this.held.length, length);
    this.cache.truncate(this.held.length);
    this.logits = undefined;
  }
}

function same(a: PlannedToken, b: PlannedToken): boolean {
  return a.id === b.id && a.plan === b.plan;
}
