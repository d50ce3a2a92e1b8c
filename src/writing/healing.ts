import type { Tokenizer } from '../text/tokenizer';

/** Tokens before the cursor to take back, and the bytes of them that the first new tokens must spell again. */
export interface Healing {
  readonly drop: number;
  readonly bytes: Uint8Array;
}

/** A word is seldom more tokens than this, and a longer string of bytes is no longer the start of one token. */
const MOST_TOKENS = 5;

/**
 * Token healing. What is typed so far may end inside a token (" defin" + "it" of " definite"; the lone space before the next word): from
 * there the LM would have to continue in a way it has never seen. So the last tokens are taken back, as many as together are the start of a longer
 * token, and the first generated tokens are bound to the bytes they spelt.
 */
export function planHealing(tokenizer: Tokenizer, ids: readonly number[]): Healing {
  let bytes: Uint8Array = new Uint8Array();
  let best: Healing = { drop: 0, bytes };
  for (let drop = 1; drop <= Math.min(MOST_TOKENS, ids.length); drop++) {
    const token = ids[ids.length - drop]!;
    if (token === tokenizer.endOfText) break;
    bytes = concat(tokenizer.tokenBytes(token), bytes);
    const longer = startingAlike(tokenizer, bytes).some((id) => {
      const own = tokenizer.tokenBytes(id);
      return own.length > bytes.length && agree(own, bytes);
    });
    if (longer) best = { drop, bytes };
  }
  return best;
}

/** The last answer: candidates that are written side by side ask the same, and a lone space agrees with half of the vocabulary. */
const lastAgreeing = new WeakMap<Tokenizer, { readonly bytes: Uint8Array; readonly tokens: readonly number[] }>();

/** Tokens that may come next when the coming bytes, one or more, are given: those that start with them, and those they start with. Ascending, never none. */
export function tokensAgreeingWith(tokenizer: Tokenizer, bytes: Uint8Array): readonly number[] {
  const last = lastAgreeing.get(tokenizer);
  if (last !== undefined && Buffer.compare(last.bytes, bytes) === 0) return last.tokens;
  const tokens = startingAlike(tokenizer, bytes).filter((id) => agree(tokenizer.tokenBytes(id), bytes));
  lastAgreeing.set(tokenizer, { bytes, tokens });
  return tokens;
}

/** Tokens whose first byte is theirs; none for no bytes. */
function startingAlike(tokenizer: Tokenizer, [first]: Uint8Array): readonly number[] {
  return first === undefined ? [] : tokenizer.tokensBeginningWith(first);
}

/** Whether one of them is the start of the other. */
function agree(a: Uint8Array, b: Uint8Array): boolean {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}
