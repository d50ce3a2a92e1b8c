import { plain, type Filter } from './filter';

/** Shorter sentences ("Yes.", "See below.") may well come twice. */
const SHORTEST = 20;
/**
 * Characters before the cursor within which nobody says the same again. Of suggestions that did, three in a hundred were right to the end; of those that repeated something
 * from further back, as documents with set phrases do, six in ten were (142 suggestions in unseen documents).
 */
const NEAR = 400;
/** A sentence may begin like its neighbour: the first word of such a suggestion was right in seven of ten. */
const FIRST_WORDS = /^\s*\S+\s+\S+\s+\S+(?=\s+\S)/u;

/**
 * Where a whole completion says, word for word, what was said shortly before: keeps its first three words, and drops it where there are no more than these or the
 * writer asked for a sentence.
 */
export const cutRepeatedSentence: Filter = (text, { before, unit, asked }) => {
  const earlier = plain(before.slice(0, before.length - unit.length).slice(-NEAR));
  const own = plain(text);
  const repeats = (part: string): boolean => part.length >= SHORTEST && ` ${earlier} `.includes(` ${part} `);
  if (own.length === 0 || !(repeats(plain(unit + text)) || repeats(own))) return { text };
  const [first] = FIRST_WORDS.exec(text) ?? [];
  return first === undefined || asked ? { drop: 'repeats-text' } : { text: first };
};
