/** Shares and counts as in the bundled model's data (rule 13 of its README). */
const MOST_SHARED = 0.6;
const PAGES = 8;
/** Shorter sentences, such as a note's standing headings, say nothing about who wrote it. */
const FEWEST_WORDS = 5;

const WORD = /[\p{L}\p{N}_-]+/gu;

/**
 * Which of a folder's texts are filled-in templates, such as the stubs of an API reference: most of their sentences, with names, numbers and code
 * blanked out, stand in many other texts too.
 */
export function templatePages(texts: readonly string[]): boolean[] {
  const sentences = texts.map(blankedSentences);
  const pages = new Map<string, number>();
  for (const sentence of sentences.flatMap((list) => [...new Set(list)])) {
    pages.set(sentence, (pages.get(sentence) ?? 0) + 1);
  }
  return sentences.map(
    (list) =>
      list.length > 0 && list.filter((sentence) => pages.get(sentence)! >= PAGES).length > MOST_SHARED * list.length,
  );
}

/** Sentences of a text, or its lines, without what a template fills in: code, bold and capitalised words, numbers. */
function blankedSentences(text: string): string[] {
  return text
    .replace(/^[ \t]*(`{3,}|~{3,})[^\n]*\n(?:.*\n)*?[ \t]*\1.*$/gm, '')
    .replace(/`[^`\n]+`|\*\*[^*\n]+\*\*/g, '_')
    .split(/(?<=[.!?])\s+|\n+/)
    .map((sentence) => sentence.replace(WORD, (word) => (/^[\p{Lu}\p{N}_]/u.test(word) ? '_' : word)).trim())
    .filter((sentence) => (sentence.match(WORD)?.length ?? 0) >= FEWEST_WORDS);
}
