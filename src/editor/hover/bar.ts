const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;
const FULL = '█';
/** Characters of the longest bar. */
const WIDTH = 8;

/** A bar in eighths of a character; a share that is there has at least one. `whole` is what makes the longest. */
export function bar(share: number, whole: number): string {
  if (!(share > 0) || !(whole > 0)) return '';
  const eighths = Math.max(1, Math.round(Math.min(1, share / whole) * WIDTH * 8));
  return FULL.repeat(eighths >> 3) + EIGHTHS[eighths & 7]!;
}
