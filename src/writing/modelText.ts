/** A replacement of [start, end) by `text`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * A document as the model reads it, with exact positions in the document as the editor holds it.
 *
 * Every line break (\r\n, \r) becomes \n, and a surrogate without its partner becomes U+FFFD, for the tokenizer knows UTF-8 only. Just \r\n
 * changes lengths, so the positions of those pairs are all the mapping needs. Offsets are UTF-16 code units on both sides.
 */
export class ModelText {
  private constructor(
    readonly original: string,
    readonly text: string,
    /** Offsets in `text` of the line feeds that stand for \r\n, ascending. */
    private readonly pairs: readonly number[],
  ) {}

  static of(original: string): ModelText {
    const wellFormed = original.replace(/\p{Surrogate}/gu, '\uFFFD');
    if (!wellFormed.includes('\r')) return new ModelText(original, wellFormed, []);
    const pairs: number[] = [];
    for (let at = wellFormed.indexOf('\r\n'); at >= 0; at = wellFormed.indexOf('\r\n', at + 2)) {
      pairs.push(at - pairs.length);
    }
    return new ModelText(original, wellFormed.replace(/\r\n?/g, '\n'), pairs);
  }

  /** The line break that most of the document's lines end with; what a completion must use. */
  get newline(): '\n' | '\r\n' {
    let lines = 0;
    for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) lines++;
    return this.pairs.length * 2 > lines ? '\r\n' : '\n';
  }

  /** Offset in `text` of an offset in `original`; between \r and \n counts as before the line break. */
  toModel(offset: number): number {
    return offset - count(this.pairs, (pair, index) => pair + index < offset);
  }

  /** Offset in `original` of an offset in `text`. */
  toOriginal(offset: number): number {
    return offset + count(this.pairs, (pair) => pair < offset);
  }

  /** The document after an edit of the original, and the same edit in terms of `text`, as small as it can be. */
  edit(start: number, end: number, replacement: string): { next: ModelText; change: TextEdit } {
    const next = ModelText.of(this.original.slice(0, start) + replacement + this.original.slice(end));
    // A character's reading depends on its neighbours (\r|\n, surrogate pairs): compare from one character out.
    const from = this.toModel(Math.max(0, start - 1));
    const tail = this.text.length - this.toModel(Math.min(this.original.length, end + 1));
    return { next, change: difference(this.text, next.text, from, tail) };
  }
}

/** How many of an ascending list satisfy a condition that the first ones do. */
function count(list: readonly number[], holds: (value: number, index: number) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(list[middle]!, middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The smallest single edit from `before` to `after`, which are known to agree in the first `head` and the last `tail` characters. */
export function difference(before: string, after: string, head = 0, tail = 0): TextEdit {
  const most = Math.min(before.length, after.length);
  let start = Math.min(head, most);
  let kept = Math.min(tail, most - start);
  while (start < most - kept && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  while (
    kept < most - start &&
    before.charCodeAt(before.length - kept - 1) === after.charCodeAt(after.length - kept - 1)
  ) {
    kept++;
  }
  return { start, end: before.length - kept, text: after.slice(start, after.length - kept) };
}

/** Share of a text's characters that no text has: NUL, other control characters, U+FFFD where bytes were not UTF-8. */
export function looksBinary(text: string): boolean {
  if (text.includes('\0')) return true;
  let strange = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0xfffd || (code < 32 && code !== 9 && code !== 10 && code !== 13 && code !== 12)) strange++;
  }
  // One damaged character in a short note is no reason to refuse it; a tenth of all is.
  return strange > 8 && strange * 10 > text.length;
}
