import { isWithinLine, type Filter } from './filter';

/** Cuts a completion at its first line break where text follows on the cursor's line: that text would end up in another paragraph or list item. */
export const cutAtLineEnd: Filter = (text, context) => {
  const at = text.indexOf('\n');
  return { text: at >= 0 && isWithinLine(context) ? text.slice(0, at).trimEnd() : text };
};
