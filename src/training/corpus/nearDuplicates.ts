/** Words in a shingle, hashes in a sketch and the share of common shingles from which on two texts are the same: as in the bundled model's data. */
const SHINGLE = 6;
const SKETCH = 48;
const SAME = 0.7;

/** A word of letters and digits; scripts that put no space between words count by character. */
const WORD =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]|[\p{L}\p{M}\p{N}]+/gu;

/**
 * Finds texts that are nearly the same as an earlier one, by bottom-k sketches (Broder, "On the resemblance and containment of documents",
 * 1997): the least hashes of a text's word shingles are a fair sample of them, so the share that two samples have in common estimates
 * the Jaccard similarity of the shingles. Texts with fewer shingles than a sketch holds are compared exactly.
 */
export class NearDuplicates {
  private readonly sketches: Uint32Array[] = [];
  /** Texts by each hash of their sketches: only those that share one are compared. */
  private readonly holders = new Map<number, number[]>();

  /** Whether a text is nearly the same as one that was added; if it is not, it is added. */
  seen(text: string): boolean {
    const sketch = sketchOf(text);
    const candidates = new Set<number>();
    for (const hash of sketch) for (const holder of this.holders.get(hash) ?? []) candidates.add(holder);
    for (const candidate of candidates) if (similarity(sketch, this.sketches[candidate]!) >= SAME) return true;
    const own = this.sketches.push(sketch) - 1;
    for (const hash of sketch) {
      const holders = this.holders.get(hash);
      if (holders) holders.push(own);
      else this.holders.set(hash, [own]);
    }
    return false;
  }
}

/** The least hashes of a text's shingles, ascending, each once. */
function sketchOf(text: string): Uint32Array {
  const words = Array.from(text.toLowerCase().matchAll(WORD), ([word]) => hashOf(word));
  const hashes = new Set<number>();
  for (let at = 0; at === 0 || at + SHINGLE <= words.length; at++) {
    let hash = 0;
    for (let i = at; i < Math.min(at + SHINGLE, words.length); i++) hash = mix(Math.imul(hash, 31) + words[i]!);
    hashes.add(hash >>> 0);
  }
  return Uint32Array.from(hashes).sort().slice(0, SKETCH);
}

/** Estimated Jaccard similarity: of the least hashes of both together, the share that both have. */
function similarity(a: Uint32Array, b: Uint32Array): number {
  let both = 0;
  let any = 0;
  for (let i = 0, j = 0; any < SKETCH && (i < a.length || j < b.length); any++) {
    const [x, y] = [a[i] ?? Infinity, b[j] ?? Infinity];
    if (x === y) both++;
    if (x <= y) i++;
    if (y <= x) j++;
  }
  return both / any;
}

/** FNV-1a over UTF-16 code units. */
function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return hash;
}

/** The finaliser of MurmurHash3 (Austin Appleby, public domain): every bit depends on every other. */
function mix(value: number): number {
  let z = value | 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return z ^ (z >>> 16);
}
