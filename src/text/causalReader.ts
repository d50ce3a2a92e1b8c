/** What `CausalReader.at` gives behind the end of the text. */
export const END = -1;

/** Character codes the splitter names. */
export const Char = {
  tab: 0x09,
  lineFeed: 0x0a,
  carriageReturn: 0x0d,
  space: 0x20,
  exclamation: 0x21,
  quote: 0x22,
  hash: 0x23,
  dollar: 0x24,
  apostrophe: 0x27,
  parenOpen: 0x28,
  parenClose: 0x29,
  asterisk: 0x2a,
  plus: 0x2b,
  hyphen: 0x2d,
  dot: 0x2e,
  slash: 0x2f,
  colon: 0x3a,
  less: 0x3c,
  equals: 0x3d,
  greater: 0x3e,
  question: 0x3f,
  bracketOpen: 0x5b,
  backslash: 0x5c,
  bracketClose: 0x5d,
  caret: 0x5e,
  underscore: 0x5f,
  backtick: 0x60,
  braceOpen: 0x7b,
  pipe: 0x7c,
  braceClose: 0x7d,
  tilde: 0x7e,
  byteOrderMark: 0xfeff,
} as const;

/**
 * The only way the splitter looks at text, and why it is causal by construction: `seen` is how far any decision has looked, so a unit closed
 * now was closed by the prefix of length `seen`; `starved` is set by the first look behind the end, after which nothing may close.
 * A prefix of length L is therefore split exactly as the whole text is until something reads at L.
 */
export class CausalReader {
  /** Length of the prefix that has been looked at. */
  seen = 0;
  /** Whether something has looked behind the end of the text. */
  starved = false;

  constructor(readonly text: string) {}

  /** The UTF-16 code unit at `index`, or END. */
  at(index: number): number {
    if (index >= this.text.length) {
      this.starved = true;
      return END;
    }
    if (index >= this.seen) this.seen = index + 1;
    return this.text.charCodeAt(index);
  }

  /** The offset behind the first newline at or after `index`; the text's length if there is none (yet). */
  nextLine(index: number): number {
    const newline = this.text.indexOf('\n', index);
    if (newline < 0) {
      this.starved = true;
      return this.text.length;
    }
    if (newline >= this.seen) this.seen = newline + 1;
    return newline + 1;
  }

  /** What is left of the line from `start` on, without white space around it. */
  line(start: number): string {
    return this.text.slice(start, this.nextLine(start)).trim();
  }

  /** The first offset at or after `index` that is neither a space nor a tab. */
  skipBlanks(index: number): number {
    let at = index;
    for (let c = this.at(at); c === Char.space || c === Char.tab; c = this.at(at)) at++;
    return at;
  }

  /** The first offset at or after `index` whose character is not `code`. */
  skipRun(index: number, code: number): number {
    let at = index;
    while (this.at(at) === code) at++;
    return at;
  }

  /** Whether the line ends at `index`: at "\n", "\r\n" or the end of the text. */
  endsLine(index: number): boolean {
    const c = this.at(index);
    if (c === Char.carriageReturn) {
      const next = this.at(index + 1);
      return next === Char.lineFeed || next === END;
    }
    return c === Char.lineFeed || c === END;
  }

  /** Whether nothing but spaces and tabs is left of the line from `index` on. */
  restIsBlank(index: number): boolean {
    return this.endsLine(this.skipBlanks(index));
  }
}
