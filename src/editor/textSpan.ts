/** [start, end) of a text, in UTF-16 code units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A span without the white space at its ends; empty, at its start, where it is white space alone. */
export function trimmedSpan(text: string, { start, end }: Span): Span {
  let [from, to] = [start, end];
  while (from < to && isSpace(text, from)) from++;
  while (to > from && isSpace(text, to - 1)) to--;
  return from === to ? { start, end: start } : { start: from, end: to };
}

function isSpace(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  // The common ones without a regular expression: this runs for every sentence of a document.
  return code === 32 || (code >= 9 && code <= 13) || (code >= 160 && /\s/u.test(text[at]!));
}
