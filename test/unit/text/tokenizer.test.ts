import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Tokenizer, TokenizerError } from '../../../src/text/tokenizer';
import { splitUnits } from '../../../src/text/units';
import { PIECES } from './laws';

const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
const json = read('../../../models/starter/tokenizer.json') as Record<string, unknown>;
const tokenizer = Tokenizer.open(json);
const excerpts = read('../../fixtures/text/excerpts.json') as { id: string; text: string }[];
/** Made with Python's `tokenizers`. */
const parity = read('../../fixtures/text/tokenizerParity.json') as { text: string; ids: number[] }[];

/** Surrogates without their partners as U+FFFD. */
const wellFormed = (text: string) => text.replace(/\p{Surrogate}/gu, '\uFFFD');

const strings = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }).map((pieces) => pieces.join('')),
);

describe('tokens', () => {
  it.each(
    parity.filter(({ text }) => !text.includes('<|endoftext|>')).map(({ text, ids }) => [text.slice(0, 30), text, ids]),
  )('are those of the reference: %j', (_, text, ids) => {
    expect(tokenizer.encode(text).ids).toEqual(ids);
  });

  it('spell any text again; a lone surrogate becomes U+FFFD', () => {
    fc.assert(
      fc.property(strings, (text) => {
        const { ids } = tokenizer.encode(text);
        expect(tokenizer.decode(ids)).toBe(wellFormed(text));
        expect(ids).not.toContain(tokenizer.endOfText);
      }),
      { numRuns: 2000 },
    );
  });

  it('of the end of text are never made from text', () => {
    const { ids } = tokenizer.encode('a <|endoftext|> b');
    expect(ids).not.toContain(tokenizer.endOfText);
    expect(tokenizer.decode(ids)).toBe('a <|endoftext|> b');
  });
});

describe('offsets', () => {
  it('are UTF-16, never fall, start at 0 and end at the length', () => {
    fc.assert(
      fc.property(strings, (text) => {
        const { ids, offsets } = tokenizer.encode(text);
        expect(offsets).toHaveLength(ids.length + 1);
        expect(offsets.at(-1)).toBe(text.length);
        if (ids.length > 0) expect(offsets[0]).toBe(0);
        for (let i = 0; i < ids.length; i++) expect(offsets[i + 1]!).toBeGreaterThanOrEqual(offsets[i]!);
        // Between two tokens that start on characters, the bytes are those of the text between them.
        for (let i = 1; i < ids.length; i++) {
          const before = tokenizer.decode(ids.slice(0, i));
          if (!before.endsWith('\uFFFD')) expect(before).toBe(wellFormed(text.slice(0, offsets[i])));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('of sentence ends are ends of tokens', () => {
    let ends = 0;
    for (const { text } of excerpts) {
      const starts = new Set(tokenizer.encode(text).offsets);
      for (const unit of splitUnits(text)) {
        if (unit.closedAt !== unit.end) continue;
        expect(starts, JSON.stringify(text.slice(unit.end - 20, unit.end + 5))).toContain(unit.end);
        ends++;
      }
    }
    expect(ends).toBeGreaterThan(100);
  });
});

describe('tokens by the bytes they spell', () => {
  it.each([0x20, 0x2e, 0x74, 0xc3, 0xff])('that begin with %i: exactly those, special tokens excepted', (byte) => {
    const all = Array.from({ length: tokenizer.vocabSize }, (_, id) => id);
    expect(tokenizer.tokensBeginningWith(byte)).toEqual(all.filter((id) => tokenizer.tokenBytes(id)[0] === byte));
    expect(tokenizer.tokensBeginningWith(byte)).not.toContain(tokenizer.endOfText);
  });

  it('refuses ids that do not exist', () => {
    expect(() => tokenizer.tokenBytes(tokenizer.vocabSize)).toThrow(RangeError);
  });
});

describe('a file that cannot be used says why', () => {
  it.each([
    ['null', null, 'is not a tokenizer'],
    ['another model', { ...json, model: { type: 'Unigram' } }, 'is not a BPE'],
    ['a normalizer', { ...json, normalizer: { type: 'NFC' } }, 'normalizer'],
    ['no end of text', { ...json, added_tokens: [] }, 'endoftext'],
  ])('%s', (_, broken, problem) => {
    const open = () => Tokenizer.open(broken);
    expect(open).toThrow(TokenizerError);
    expect(open).toThrow(problem);
  });

  it.each([1e8, 1 << 20, -5, -1, 1.5])('an id that is none: %d', (id) => {
    const withToken = structuredClone(json) as { model: { vocab: Record<string, number> } };
    withToken.model.vocab['zz'] = id;
    expect(() => Tokenizer.open(withToken)).toThrow(`gives the token "zz" the id ${id}, but ids are whole numbers`);
    const withEnd = structuredClone(json) as { added_tokens: { content: string; id: number }[] };
    withEnd.added_tokens.find(({ content }) => content === '<|endoftext|>')!.id = id;
    expect(() => Tokenizer.open(withEnd)).toThrow(TokenizerError);
  });
});
