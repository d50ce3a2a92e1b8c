/** A cursor in a document's text. */
export interface Place {
  /** The document's key. */
  readonly key: string;
  readonly text: string;
  readonly offset: number;
}

/** Characters compared before the cursor. The bundled model reads at most 512 tokens, which in English prose are about so many characters. */
const BEFORE = 2000;
/** Characters compared after the cursor: beyond the lines that the engine's filters look at, nothing of them decides a suggestion. */
const AFTER = 500;

/**
 * A place, remembered by what is written around it. It says what has been typed there since, as long as nothing else has changed. Whole texts are
 * neither kept nor compared: two windows and the lengths are enough, for an edit further away than the windows that leaves all lengths as they
 * are changes nothing that a suggestion was made from.
 */
export class Anchor {
  readonly key: string;
  readonly offset: number;
  private readonly before: string;
  private readonly after: string;
  private readonly afterLength: number;

  constructor({ key, text, offset }: Place) {
    this.key = key;
    this.offset = offset;
    this.before = detached(text.slice(Math.max(0, offset - BEFORE), offset));
    this.after = detached(text.slice(offset, offset + AFTER));
    this.afterLength = text.length - offset;
  }

  /** What stands between the anchor and a later cursor; undefined where anything else differs too. */
  typedAt({ key, text, offset }: Place): string | undefined {
    if (offset < this.offset || text.length - offset !== this.afterLength || key !== this.key) return undefined;
    if (!text.startsWith(this.after, offset)) return undefined;
    if (!text.startsWith(this.before, this.offset - this.before.length)) return undefined;
    return text.slice(this.offset, offset);
  }

  /** Where the cursor must be for what follows it to be unchanged. */
  cursorIn(text: string): number {
    return text.length - this.afterLength;
  }

  /** What has been typed at the anchor; undefined where anything else changed too. */
  typedIn(key: string, text: string): string | undefined {
    return this.typedAt({ key, text, offset: this.cursorIn(text) });
  }
}

/** A copy of its own: a slice would keep the whole text it was cut from in memory. */
function detached(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
