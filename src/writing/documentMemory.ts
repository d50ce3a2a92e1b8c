/**
 * Pseudo-counts α_n of the prior by the number n of context tokens: the last token must have come 128 times for what followed it to weigh as much as the LM, the
 * last six tokens twice. Fitted on the validation split (models/MEASUREMENTS.md).
 */
const PRIOR = [128, 32, 16, 8, 4, 2] as const;
/** Tokens of context that count. */
export const MEMORY_CONTEXT = PRIOR.length;
/** Stands between tokens that do not follow one another in the document. */
export const MEMORY_GAP = -1;

/**
 * What a document has said already, as evidence of what it says next: names, terms and turns of phrase come again, and a small LM with a short window cannot know them.
 * The LM's distribution is the prior mean of a hierarchical Dirichlet model (MacKay and Peto 1995), the document's n-grams are the counts, from short contexts to long:
 * p_n(w) = (c_n(w) + α_n p_{n−1}(w)) / (N_n + α_n), and p_0 is the LM. (The idea of such a cache: Kuhn and De Mori 1990.)
 */
export class DocumentMemory {
  /** Where each token of the text stood before [tokens]; −1 where it had not. */
  private readonly previous: Int32Array;
  private readonly last = new Map<number, number>();

  /** @param tokens of the document, in order; {@link MEMORY_GAP} where some are left out */
  constructor(private readonly tokens: readonly number[]) {
    this.previous = new Int32Array(tokens.length);
    for (const [at, token] of tokens.entries()) {
      if (token === MEMORY_GAP) continue;
      this.previous[at] = this.last.get(token) ?? -1;
      this.last.set(token, at);
    }
  }

  /**
   * What followed a context before, or undefined where nothing did.
   * @param context the tokens before the next one, of which the last {@link MEMORY_CONTEXT} count
   */
  recall(context: readonly number[]): Evidence | undefined {
    const evidence = new Evidence();
    const end = context.length - 1;
    let at = this.last.get(context[end] ?? MEMORY_GAP) ?? -1;
    for (; at >= 0; at = this.previous[at]!) {
      const next = this.tokens[at + 1] ?? MEMORY_GAP;
      if (next === MEMORY_GAP) continue;
      let agreeing = 1;
      while (agreeing < MEMORY_CONTEXT && agreeing <= Math.min(at, end)) {
        if (this.tokens[at - agreeing] !== context[end - agreeing]) break;
        agreeing++;
      }
      evidence.add(next, agreeing);
    }
    return evidence.isEmpty ? undefined : evidence;
  }
}

/** How often each token followed a context, by the number of context tokens that agreed. */
class Evidence {
  /** c_1 to c_6 of a token. */
  private readonly counts = new Map<number, Float64Array>();
  /** N_1 to N_6. */
  private readonly totals = new Float64Array(MEMORY_CONTEXT);

  get isEmpty(): boolean {
    return this.counts.size === 0;
  }

  /** Counts a token that followed a context of which the last `agreeing` tokens are those of the one asked about. */
  add(token: number, agreeing: number): void {
    let seen = this.counts.get(token);
    if (seen === undefined) this.counts.set(token, (seen = new Float64Array(MEMORY_CONTEXT)));
    for (let i = 0; i < agreeing; i++) {
      seen[i]!++;
      this.totals[i]!++;
    }
  }

  /** Logits of the next token [V], the evidence taken in. Tokens that were not seen keep theirs; damaged logits stay as they are. */
  takenIn(logits: Float32Array): Float32Array {
    const mass = logSumExp(logits);
    if (!Number.isFinite(mass)) return logits;
    // What the prior keeps: the probability of every token that was not seen is scaled by it.
    let kept = 1;
    for (const [i, prior] of PRIOR.entries()) kept *= prior / (this.totals[i]! + prior);
    const taken = logits.slice();
    for (const [token, seen] of this.counts) {
      let probability = Math.exp(logits[token]! - mass);
      for (const [i, prior] of PRIOR.entries()) {
        probability = (seen[i]! + prior * probability) / (this.totals[i]! + prior);
      }
      taken[token] = mass + Math.log(probability / kept);
    }
    return taken;
  }
}

function logSumExp(logits: Float32Array): number {
  let most = -Infinity;
  for (const logit of logits) if (logit > most) most = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - most);
  return most + Math.log(sum);
}
