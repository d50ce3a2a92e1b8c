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
    const longer = tokenizer
      .tokensStartingWith(bytes)
      .some((id) => id !== tokenizer.endOfText && tokenizer.tokenBytes(id).length > bytes.length);
    if (longer) best = { drop, bytes };
  }
  return best;
}

const exactTokens = new WeakMap<Tokenizer, Map<string, number>>();
/** The last answer: candidates that are written side by side ask the same, and a lone space agrees with half of the vocabulary. */
const lastAgreeing = new WeakMap<Tokenizer, { readonly key: string; readonly tokens: readonly number[] }>();

/** Tokens that may come next when the coming bytes are given: those that start with them, and those they start with. Ascending, never empty. */
export function tokensAgreeingWith(tokenizer: Tokenizer, bytes: Uint8Array): readonly number[] {
  const key = keyOf(bytes);
  const last = lastAgreeing.get(tokenizer);
  if (last?.key === key) return last.tokens;
  const allowed = new Set(tokenizer.tokensStartingWith(bytes));
  let exact = exactTokens.get(tokenizer);
  if (exact === undefined) {
    exact = new Map();
    for (let id = 0; id < tokenizer.vocabSize; id++) exact.set(keyOf(tokenizer.tokenBytes(id)), id);
    exactTokens.set(tokenizer, exact);
  }
  for (let length = 1; length < bytes.length; length++) {
    const id = exact.get(keyOf(bytes.subarray(0, length)));
    if (id !== undefined) allowed.add(id);
  }
  allowed.delete(tokenizer.endOfText);
  const tokens = [...allowed].sort((a, b) => a - b);
  lastAgreeing.set(tokenizer, { key, tokens });
  return tokens;
}

function keyOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}
