import type { Filter } from './filter';

/** Shorter sentences ("Yes.", "See below.") may well come twice. */
const SHORTEST = 20;

/** Drops a completion that the text before the cursor holds already, word for word. */
export const dropRepeatedSentence: Filter = (text, { before, unit }) => {
  const sentence = plain(unit + text);
  const earlier = plain(before.slice(0, before.length - unit.length));
  const own = plain(text);
  const repeats = (part: string): boolean => part.length >= SHORTEST && ` ${earlier} `.includes(` ${part} `);
  return (repeats(sentence) && own.length > 0) || repeats(own) ? { drop: 'repeats-text' } : { text };
};

function plain(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(' ');
}
