import { Tokenizer as Library } from '@huggingface/tokenizers';
import { BYTE_CHARACTERS, bytesOfToken } from './byteAlphabet';

/** A text as tokens. */
export interface Encoding {
  readonly ids: readonly number[];
  /**
   * UTF-16 offset where token i starts, length ids + 1, the last one the text's length. A token that starts inside a character (its bytes
   * may be split) has the offset of that character.
   */
  readonly offsets: readonly number[];
}

/** The file is not a tokenizer this program can use; the message says why. */
export class TokenizerError extends Error {
  override readonly name = 'TokenizerError';

  constructor(problem: string) {
    super(
      `tokenizer.json ${problem}. Use the tokenizer.json that came with the model, or make the model folder again.`,
    );
  }
}

const END_OF_TEXT = '<|endoftext|>';
/** Ids lie below: a table of all ids is made, so that one wrong id would ask for gigabytes. */
const ID_LIMIT = 1 << 20;
const NO_BYTES = new Uint8Array();
/** Pre-tokens kept with their ids. Prose repeats its words: a document of 100 kB has some thousands. */
const MOST_CACHED = 50_000;
/**
 * Runs that are cut before the pre-tokenizer sees them: its regular expression is quadratic in a run of stops, and BPE slow on words of
 * megabytes. No text that means anything is tokenized differently for it.
 */
const LONG_RUN = /[.!?…]{256}|\S{4096}|\s{4096}/gu;

/** Byte-level BPE as `tokenizer.json` describes it, run by @huggingface/tokenizers. Text never yields the end-of-text token. */
export class Tokenizer {
  readonly vocabSize: number;
  readonly endOfText: number;
  readonly #model: NonNullable<Library['model']>;
  readonly #preTokenizer: NonNullable<Library['pre_tokenizer']>;
  /** Bytes of each token; none for special tokens and unused ids. */
  readonly #bytes: readonly Uint8Array[];
  /** Ids by the first of their bytes; made when first needed. */
  #byFirstByte: readonly (readonly number[])[] | undefined;
  readonly #cache = new Map<string, readonly number[]>();

  private constructor(library: Library, endOfText: number) {
    const { model, pre_tokenizer: preTokenizer } = library;
    if (model === null || preTokenizer === null) throw new TokenizerError('has no model or no pre-tokenizer');
    this.#model = model;
    this.#preTokenizer = preTokenizer;
    this.endOfText = endOfText;
    const special = new Set(library.get_added_tokens_decoder().keys());
    const bytes: Uint8Array[] = [];
    for (const [token, id] of model.tokens_to_ids) {
      assertId(token, id);
      const spelt = special.has(id) ? NO_BYTES : bytesOfToken(token);
      if (spelt === undefined)
        throw new TokenizerError(`has a token that is not written in bytes: ${JSON.stringify(token)}`);
      bytes[id] = spelt;
    }
    this.vocabSize = bytes.length;
    this.#bytes = Array.from(bytes, (spelt: Uint8Array | undefined) => spelt ?? NO_BYTES);
    const missing = BYTE_CHARACTERS.filter((character) => !model.tokens_to_ids.has(character));
    if (missing.length > 0) throw new TokenizerError(`has no token for ${missing.length} of the 256 bytes`);
  }

  /**
   * Makes a tokenizer from the parsed content of a `tokenizer.json`.
   * @throws TokenizerError if it is not a byte-level BPE with the end-of-text token.
   */
  static open(tokenizerJson: unknown): Tokenizer {
    const endOfText = checkedEndOfText(tokenizerJson);
    let library: Library;
    try {
      library = new Library(tokenizerJson as object, {});
    } catch (cause) {
      throw new TokenizerError(`cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
    return new Tokenizer(library, endOfText);
  }

  /** The tokens of `text`, any string at all; a surrogate without its partner counts as U+FFFD. */
  encode(text: string): Encoding {
    const wellFormed = text.replace(/\p{Surrogate}/gu, '\uFFFD');
    const ids: number[] = [];
    const offsets: number[] = [];
    let at = 0;
    for (const piece of pieces(wellFormed)) {
      for (const preToken of this.#preTokenizer.pre_tokenize(piece)) {
        const tokens = this.#idsOf(preToken);
        at = this.#appendOffsets(offsets, tokens, wellFormed, at);
        for (const id of tokens) ids.push(id);
      }
    }
    offsets.push(text.length);
    return { ids, offsets };
  }

  /** The text that `ids` spell; bytes that are not UTF-8 become U+FFFD, special tokens nothing. */
  decode(ids: readonly number[]): string {
    const parts = ids.map((id) => this.tokenBytes(id));
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  }

  /**
   * The bytes token `id` spells; none for special tokens.
   * @throws RangeError if there is no such token.
   */
  tokenBytes(id: number): Uint8Array {
    const bytes = this.#bytes[id];
    if (bytes === undefined) throw new RangeError(`There is no token ${id}; the vocabulary has ${this.vocabSize}.`);
    return bytes;
  }

  /** All tokens whose first byte it is, ascending; special tokens are none of them. */
  tokensBeginningWith(byte: number): readonly number[] {
    this.#byFirstByte ??= this.#grouped();
    return this.#byFirstByte[byte] ?? [];
  }

  #grouped(): number[][] {
    const groups = Array.from({ length: 256 }, (): number[] => []);
    this.#bytes.forEach((bytes, id) => {
      if (bytes.length > 0) groups[bytes[0]!]!.push(id);
    });
    return groups;
  }

  #idsOf(preToken: string): readonly number[] {
    const known = this.#cache.get(preToken);
    if (known !== undefined) return known;
    const ids = this.#model.encode([preToken]).map((token) => this.#model.tokens_to_ids.get(token)!);
    if (this.#cache.size >= MOST_CACHED) this.#cache.clear();
    this.#cache.set(preToken, ids);
    return ids;
  }

  /** Appends where each token of a pre-token starts, which itself starts at `start`; returns where the pre-token ends. */
  #appendOffsets(offsets: number[], tokens: readonly number[], text: string, start: number): number {
    let at = start;
    let pending = 0;
    for (const id of tokens) {
      offsets.push(at);
      pending += this.#bytes[id]!.length;
      for (let width = utf8Length(text, at); pending >= width && pending > 0; width = utf8Length(text, at)) {
        pending -= width;
        at += width === 4 ? 2 : 1;
      }
    }
    return at;
  }
}

/** Bytes of UTF-8 of the character at `at` of a well-formed text; Infinity at its end. */
function utf8Length(text: string, at: number): number {
  if (at >= text.length) return Infinity;
  const code = text.charCodeAt(at);
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code >= 0xd800 && code < 0xe000 ? 4 : 3;
}

/** The text, cut behind runs that are too long. */
function pieces(text: string): string[] {
  const out: string[] = [];
  let from = 0;
  for (const match of text.matchAll(LONG_RUN)) {
    const to = match.index + match[0].length;
    out.push(text.slice(from, to));
    from = to;
  }
  if (from < text.length) out.push(text.slice(from));
  return out;
}

/** Checks the parts that tell what kind of tokenizer this is, and finds the end-of-text token. */
function checkedEndOfText(json: unknown): number {
  if (!isRecord(json) || !isRecord(json['model']) || !Array.isArray(json['added_tokens'])) {
    throw new TokenizerError('is not a tokenizer: "model" or "added_tokens" is missing');
  }
  if (json['model']['type'] !== 'BPE') throw new TokenizerError('is not a BPE tokenizer');
  if (json['normalizer'] !== null && json['normalizer'] !== undefined)
    throw new TokenizerError('changes the text (it has a normalizer), so offsets would not hold');
  for (const token of json['added_tokens'] as unknown[]) {
    if (!isRecord(token) || token['content'] !== END_OF_TEXT || typeof token['id'] !== 'number') continue;
    assertId(END_OF_TEXT, token['id']);
    return token['id'];
  }
  throw new TokenizerError(`has no ${END_OF_TEXT} token`);
}

function assertId(token: string, id: number): void {
  if (Number.isInteger(id) && id >= 0 && id < ID_LIMIT) return;
  throw new TokenizerError(
    `gives the token ${JSON.stringify(token)} the id ${id}, but ids are whole numbers from 0 to ${ID_LIMIT - 1}`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
