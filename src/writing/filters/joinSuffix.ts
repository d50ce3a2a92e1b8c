import type { Filter } from './filter';

/** A word, or marks that open before one: those that close what the cursor is in, and references to footnotes, follow at once. */
const WORD = /^(?:[\p{L}\p{N}({“‘]|\[(?!\^)|["*_`]+[\p{L}\p{N}])/u;

/** Adds the space between a completion and a word that follows the cursor at once. */
export const joinSuffix: Filter = (text, { after }) => ({
  text: WORD.test(after) && !/\s$/.test(text) ? `${text} ` : text,
});
