import { describe, expect, it } from 'vitest';
import { planHealing, tokensAgreeingWith } from '../../../src/writing/healing';
import { ToyModel } from '../support/toyModel';

const { tokenizer } = new ToyModel();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const healed = (text: string): string =>
  new TextDecoder().decode(planHealing(tokenizer, tokenizer.encode(text).ids).bytes);

describe('token healing', () => {
  it('takes back the start of a longer token', () => {
    // The fixture's vocabulary has " garden" and " gar", " wat" and " water".
    expect(healed('the gard')).toBe(' gard');
    expect(healed('in the ')).toBe(' ');
    expect(healed('the wat')).toBe(' wat');
  });

  it('takes nothing back where no token goes on', () => {
    expect(healed('in the garden. ')).toBe('');
    expect(healed('')).toBe('');
  });

  it('allows what spells the bytes again: longer tokens, and steps towards them', () => {
    const allowed = tokensAgreeingWith(tokenizer, bytes(' gard')).map((id) => tokenizer.decode([id]));
    expect(allowed).toContain(' garden');
    expect(allowed).toContain(' gar');
    expect(allowed).toContain(' ');
    for (const text of allowed) expect(' gard'.startsWith(text) || text.startsWith(' gard')).toBe(true);
  });

  it.each([' ', ' gard', 'th', '.', '. ', 'é', 'zzzz'])('%j: exactly the tokens that agree, ascending', (text) => {
    const given = bytes(text);
    const agree = Array.from({ length: tokenizer.vocabSize }, (_, id) => id).filter((id) => {
      const own = tokenizer.tokenBytes(id);
      return own.length > 0 && own.every((byte, i) => i >= given.length || byte === given[i]);
    });
    expect(tokensAgreeingWith(tokenizer, given)).toEqual(agree);
  });

  it('never allows the end of the text', () => {
    expect(tokensAgreeingWith(tokenizer, bytes('<'))).not.toContain(tokenizer.endOfText);
  });
});
