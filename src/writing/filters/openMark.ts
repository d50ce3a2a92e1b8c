import { hasOpenCodeSpan, hasOpenFormula } from '../guards';
import { isPartOfWord } from './emphasis';

/** Whether a paragraph ends inside what this mark, or run of marks, opens and closes alike: emphasis, a quotation, code, a formula. */
export function isOpenMark(mark: string, paragraph: string): boolean {
  if (mark.startsWith('`')) return hasOpenCodeSpan(paragraph);
  if (mark.startsWith('$')) return hasOpenFormula(paragraph);
  if (mark === "'") return hasOpenSingleQuote(paragraph);
  return runsOf(mark, paragraph).length % 2 === 1;
}

/** Where a text has this mark, and no longer one of the same kind; one between spaces is a bullet or stands for itself, an underscore in a word is its own. */
export function runsOf(mark: string, text: string): number[] {
  const kind = mark[0]!.replace(/[*$]/, '\\$&');
  return Array.from(text.matchAll(new RegExp(`${kind}+`, 'g')))
    .filter(({ 0: run, index }) => {
      const [left, right] = [text[index - 1] ?? ' ', text[index + run.length] ?? ''];
      const isAlone = /\s/.test(left) && /\s/.test(right);
      return run === mark && left !== '\\' && !isAlone && !isPartOfWord(text, index, run);
    })
    .map(({ index }) => index);
}

/** One that begins a word opens, one that ends a word closes; between letters it is an apostrophe. */
function hasOpenSingleQuote(text: string): boolean {
  const isLetter = (character: string | undefined): boolean => /[\p{L}\p{N}]/u.test(character ?? '');
  let open = false;
  for (const { index } of text.matchAll(/'/g)) {
    const right = text[index + 1];
    if (/[\s([{"“*_~]/.test(text[index - 1] ?? ' ')) open = /\S/.test(right ?? '');
    else if (!isLetter(right)) open = false;
  }
  return open;
}
