/** Made when first needed: ICU's tables take their time, in which the extension would be loaded. */
let graphemes: Intl.Segmenter | undefined;

/** A text on one line, with at most `longest` code units: cut behind a word where that does not cost much, and never within a character as people see it. */
export function clip(text: string, longest: number): string {
  const line = text.trim().replace(/\s+/gu, ' ');
  if (line.length <= longest) return line;
  graphemes ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  let cut = 0;
  // Only what could be kept is looked at: the text may be a long one.
  for (const { index } of graphemes.segment(line.slice(0, longest + 64))) {
    if (index > longest - 1) break;
    cut = index;
  }
  const space = line.lastIndexOf(' ', cut);
  if (space > longest * 0.6) cut = space;
  // Nor is a separator left dangling.
  return `${line.slice(0, cut).replace(/[\s·→]+$/u, '')}…`;
}
