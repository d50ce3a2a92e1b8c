export type Eol = '\n' | '\r\n';

/** A text with the line ends of the document that it is for: the editor puts them in in any case, and what is counted must be what is inserted. */
export function withEol(text: string, eol: Eol): string {
  return text.replace(/\r\n?|\n/g, eol);
}
