import type { Filter } from './filter';

/** Adds the space between a completion and a word that follows the cursor at once. */
export const joinSuffix: Filter = (text, { after }) => ({
  text: /^[\p{L}\p{N}([{"“‘*_`[]/u.test(after) && !/\s$/.test(text) ? `${text} ` : text,
});
