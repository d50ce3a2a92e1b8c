const LETTER = /[\p{L}\p{N}]/u;

/** Whether a run of emphasis marks is underscores inside a word, which open and close nothing (CommonMark 0.31, section 6.2). */
export function isPartOfWord(text: string, start: number, run: string): boolean {
  return run.startsWith('_') && LETTER.test(text[start - 1] ?? '') && LETTER.test(text[start + run.length] ?? '');
}
