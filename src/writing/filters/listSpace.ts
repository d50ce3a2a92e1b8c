import { lineBefore, type Filter } from './filter';

/** Indentation, block quotes and list markers at the start of a line, with nothing after them yet. */
const AT_INDENT = /^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)]|#{1,6})[ \t]+(?:\[[ xX]\][ \t]+)?)?$/;

/**
 * White space at the start of a completion. At a list's indent, after a marker or after a space it would shift the list or double the
 * space (and compete with what Tab does there), so it is taken off; a line break before text that goes on in a new paragraph anyway is of no use.
 */
export const trimStart: Filter = (text, context) => {
  const line = lineBefore(context);
  if (/^\s*\n/.test(text) && (context.after.trim() !== '' || (line.trim() !== '' && AT_INDENT.test(line)))) {
    return { drop: 'new-paragraph' };
  }
  if (AT_INDENT.test(line)) return { text: text.trimStart() };
  return { text: /\s$/.test(line) ? text.replace(/^[ \t]+/, '') : text };
};
