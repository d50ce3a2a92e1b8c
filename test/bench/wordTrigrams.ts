/** Words that are known, the most frequent ones: a context is a number of at most 2^32, a trigram of at most 2^48. */
const VOCABULARY = 2 ** 16 - 1;
const BASE = 2 ** 16;
/** The discount of Kneser and Ney's and others' models where it is not fitted. */
const DISCOUNT = 0.75;

interface Context {
  total: number;
  readonly counts: Map<number, number>;
}

/** A trigram model of words with interpolated absolute discounting (Ney, Essen and Kneser 1994): learns texts, then is closed and asked. */
export class WordTrigrams {
  private readonly frequencies = new Map<string, number>();
  private texts: string[][] = [];
  private known: string[] = [];
  private numbers = new Map<string, number>();
  /** Known words in order of their letters. */
  private sorted: { readonly word: string; readonly number: number }[] = [];
  private readonly contexts = new Map<number, Context>();
  private unigrams: Float64Array = new Float64Array(0);
  words = 0;

  learn(text: string): void {
    const words = wordsOf(text);
    for (const word of words) this.frequencies.set(word, (this.frequencies.get(word) ?? 0) + 1);
    this.texts.push(words);
    this.words += words.length;
  }

  /** Ends learning: only then the most frequent words are known. */
  close(): void {
    const byFrequency = [...this.frequencies].sort(([, a], [, b]) => b - a).slice(0, VOCABULARY);
    this.known = byFrequency.map(([word]) => word);
    this.numbers = new Map(this.known.map((word, i) => [word, i + 1]));
    this.sorted = this.known.map((word, i) => ({ word, number: i + 1 }));
    this.sorted.sort((a, b) => (a.word < b.word ? -1 : 1));
    this.unigrams = Float64Array.from([0, ...byFrequency.map(([, count]) => count / this.words)]);
    for (const words of this.texts) {
      let [before, last] = [0, 0];
      for (const word of words) {
        const number = this.numbers.get(word) ?? 0;
        if (number > 0 && last > 0) {
          this.count(last, number);
          if (before > 0) this.count(before * BASE + last, number);
        }
        [before, last] = [last, number];
      }
    }
    this.texts = [];
    this.frequencies.clear();
  }

  /** The most probable word that goes on with what is being written, and how probable it is among those that do; undefined behind a finished word. */
  wordBehind(before: string): { readonly rest: string; readonly probability: number } | undefined {
    const [prefix] = /[\p{L}\p{N}'’-]*$/u.exec(before)!;
    const context = before.slice(0, before.length - prefix.length);
    if (prefix === '' && !/\s$/.test(before)) return undefined;
    const [u, v] = ['', '', ...wordsOf(context.slice(-200))].slice(-2).map((word) => this.numbers.get(word) ?? 0);
    let best: { number: number; probability: number } | undefined;
    let mass = 0;
    for (let i = this.firstFrom(prefix); this.sorted[i]?.word.startsWith(prefix); i++) {
      const { word, number } = this.sorted[i]!;
      if (!/^[\p{L}\p{N}]/u.test(word)) continue;
      const probability = this.probability(u!, v!, number);
      mass += probability;
      if (best === undefined || probability > best.probability) best = { number, probability };
    }
    if (best === undefined) return undefined;
    const word = this.known[best.number - 1]!;
    return { rest: word.slice(prefix.length), probability: best.probability / mass };
  }

  private count(context: number, word: number): void {
    let entry = this.contexts.get(context);
    if (entry === undefined) this.contexts.set(context, (entry = { total: 0, counts: new Map() }));
    entry.total++;
    entry.counts.set(word, (entry.counts.get(word) ?? 0) + 1);
  }

  private probability(u: number, v: number, word: number): number {
    return this.discounted(u > 0 && v > 0 ? u * BASE + v : 0, word, this.discounted(v, word, this.unigrams[word]!));
  }

  private discounted(context: number, word: number, shorter: number): number {
    const entry = context === 0 ? undefined : this.contexts.get(context);
    if (entry === undefined) return shorter;
    const direct = Math.max(0, (entry.counts.get(word) ?? 0) - DISCOUNT);
    return (direct + DISCOUNT * entry.counts.size * shorter) / entry.total;
  }

  /** Place in `sorted` of the first word that does not come before `prefix`. */
  private firstFrom(prefix: string): number {
    let [low, high] = [0, this.sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sorted[middle]!.word < prefix) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Words and marks of punctuation. */
function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}'’-]+|[^\s\p{L}\p{N}]/gu) ?? [];
}
