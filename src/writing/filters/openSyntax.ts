import { openCodeSpan, withoutCode } from '../guards';
import { isPartOfWord } from './emphasis';
import type { Filter } from './filter';

/**
 * Cuts a completion before a Markdown construct that it opens and does not close: a code span, a link, an image, emphasis. What the
 * writer opened before the cursor is theirs to close.
 */
export const closeSyntax: Filter = (text, { unit }) => {
  let kept = text;
  for (;;) {
    const at = openConstruct(unit, kept);
    if (at === undefined) break;
    kept = kept.slice(0, at).trimEnd();
  }
  return kept.trim() === '' && text.trim() !== '' ? { drop: 'open-syntax' } : { text: kept };
};

/** Offset in `text` of a construct that is open at its end and was opened in it. */
function openConstruct(unit: string, text: string): number | undefined {
  const whole = unit + text;
  // Emphasis touches the code or link that it is around.
  const plain = withoutLinks(withoutCode(whole, 'x'));
  const places = [openCodeSpan(whole), ...noLinks(plain), openEmphasis(plain)].filter((at) => at >= unit.length);
  return places.length === 0 ? undefined : Math.min(...places) - unit.length;
}

/** A link or image: with its address, which holds no space but in angle brackets, and perhaps a title; or with its label. */
const LINK =
  /!?\[[^[\]]*\](?:\(\s*(?:<[^<>\n]*>|(?:[^()\s<]|\([^()\s]*\))*)(?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s*\)|\[[^\]]*\])/g;
/** A bracket without its end, or "[text](" without an address and its parenthesis. "[text]" alone may be a reference. */
const NO_LINK = /!?\[[^[\]]*(?:\]\(|$)/g;

/** Blanks links; the text of one may be an image. */
function withoutLinks(text: string): string {
  const blank = (link: string): string => 'x'.repeat(link.length);
  return text.replace(LINK, blank).replace(LINK, blank);
}

function noLinks(text: string): number[] {
  return Array.from(text.matchAll(NO_LINK), ({ index }) => index);
}

function openEmphasis(text: string): number {
  const open: { mark: string; at: number }[] = [];
  const blanked = text.replace(/\\[*_]/g, '  ');
  for (const { 0: mark, index } of blanked.matchAll(/\*{1,3}|_{1,3}|~~/g)) {
    const left = blanked[index - 1] ?? ' ';
    const right = blanked[index + mark.length] ?? ' ';
    // Simplified flanking rule: an opener touches what follows, a closer what precedes.
    if (isPartOfWord(blanked, index, mark)) continue;
    const last = open.at(-1);
    if (last?.mark === mark && !/\s/.test(left)) open.pop();
    else if (!/\s/.test(right) || index + mark.length === blanked.length) open.push({ mark, at: index });
  }
  return open.at(-1)?.at ?? -1;
}
