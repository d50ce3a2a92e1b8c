/**
 * Pseudo-counts α_n of the prior by the number n of context tokens: the last token must have come 128 times for what followed it to weigh as much as the LM, the
 * last six tokens twice. Fitted on the validation split (models/README.md).
 */
const PRIOR = [128, 32, 16, 8, 4, 2] as const;
/** Tokens of context that count. */
export const MEMORY_CONTEXT = PRIOR.length;
/** Occurrences of the last token that are looked at, latest first: of a comma in a book there are many thousands. */
const MOST_OCCURRENCES = 2000;

/** What followed the context before: for each token how often, by the number of context tokens that agreed. */
interface Evidence {
  /** counts[n − 1] after contexts of n tokens. */
  readonly counts: ReadonlyMap<number, Float64Array>;
  /** Sums of the counts over tokens. */
  readonly totals: Float64Array;
}

/**
 * What a document has said already, as evidence of what it says next: names, terms and turns of phrase come again, and a small LM with a short window cannot know them.
 * The LM's distribution is the prior mean of a hierarchical Dirichlet model (MacKay and Peto 1995), the document's n-grams are the counts, from short contexts to long:
 * p_n(w) = (c_n(w) + α_n p_{n−1}(w)) / (N_n + α_n), and p_0 is the LM. (The idea of such a cache: Kuhn and De Mori 1990.)
 */
export class DocumentMemory {
  /** Where each token of the text stood before [tokens]; −1 where it had not. */
  private readonly previous: Int32Array;
  private readonly last = new Map<number, number>();

  constructor(private readonly tokens: readonly number[]) {
    this.previous = new Int32Array(tokens.length);
    for (const [at, token] of tokens.entries()) {
      this.previous[at] = this.last.get(token) ?? -1;
      this.last.set(token, at);
    }
  }

  /**
   * Logits of the next token [V], the document's evidence taken in. Tokens that never followed the context keep theirs; the same array comes back where nothing is known.
   * @param context the tokens before it, of which the last {@link MEMORY_CONTEXT} count
   */
  recall(logits: Float32Array, context: readonly number[]): Float32Array {
    const { counts, totals } = this.evidence(context);
    if (counts.size === 0) return logits;
    const mass = logSumExp(logits);
    if (!Number.isFinite(mass)) return logits;
    // What the prior keeps: every token that was not seen is scaled by it.
    let kept = 1;
    for (const [i, prior] of PRIOR.entries()) kept *= prior / (totals[i]! + prior);
    const recalled = logits.slice();
    for (const [token, seen] of counts) {
      let probability = Math.exp(logits[token]! - mass);
      for (const [i, prior] of PRIOR.entries()) {
        probability = (seen[i]! + prior * probability) / (totals[i]! + prior);
      }
      recalled[token] = mass + Math.log(probability / kept);
    }
    return recalled;
  }

  private evidence(context: readonly number[]): Evidence {
    const counts = new Map<number, Float64Array>();
    const totals = new Float64Array(PRIOR.length);
    const end = context.length - 1;
    let at = this.last.get(context[end] ?? -1) ?? -1;
    for (let looked = 0; at >= 0 && looked < MOST_OCCURRENCES; at = this.previous[at]!, looked++) {
      const next = this.tokens[at + 1];
      if (next === undefined) continue;
      let agreeing = 1;
      while (agreeing < PRIOR.length && agreeing <= Math.min(at, end)) {
        if (this.tokens[at - agreeing] !== context[end - agreeing]) break;
        agreeing++;
      }
      let seen = counts.get(next);
      if (seen === undefined) counts.set(next, (seen = new Float64Array(PRIOR.length)));
      for (let i = 0; i < agreeing; i++) {
        seen[i]!++;
        totals[i]!++;
      }
    }
    return { counts, totals };
  }
}

function logSumExp(logits: Float32Array): number {
  let most = -Infinity;
  for (const logit of logits) if (logit > most) most = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - most);
  return most + Math.log(sum);
}
