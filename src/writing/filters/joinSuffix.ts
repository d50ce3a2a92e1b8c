import { lastParagraph } from '../guards';
import type { Filter } from './filter';
import { isOpenMark } from './openMark';

/** A word, a picture, or what opens before one; but no reference to a footnote, line break, or index, which follow at once. */
const WORD =
  /^(?:[\p{L}\p{N}\p{Emoji_Presentation}({“‘]|\p{Extended_Pictographic}\uFE0F|!?\[(?!\^)|<(?!(?:w?br|su[bp])\b)[a-z])/iu;
/** Marks that open before a word, unless they close what is open, and a whole code span. */
const MARKED = /^(?:["'*_~`\p{Sc}]+[\p{L}\p{N}\p{Emoji_Presentation}\\[({!<]|`+[^`\s][^`\n]*`)/u;
/** Of these, those that may close; the signs of other currencies do not. */
const CLOSING = /^(["'*_~`$])\1*/;
/** The rest of a word whose beginning is to be written: "'s". */
const CONTRACTION = /^'(?:s|t|d|m|ll|re|ve)\b/i;
/** A dash, or a sign between two things: as far from what precedes it as the writer had it. */
const SIGN = /^(?:[–—]|[-&/\p{Sm}]+\s)/u;
/** A word that begins with a mark: ".gitignore", "#channel", "@someone", ":smile:". */
const NAME = /^[.#@:][\p{L}_]/u;

/** Adds the space between a completion and what follows the cursor at once. */
export const joinSuffix: Filter = (text, { before, after }) => {
  const isApart =
    WORD.test(after) ||
    opensBehind(before, text, after) ||
    (/\s$/.test(before) && (SIGN.test(after) || NAME.test(after)));
  return { text: isApart && !/\s$/.test(text) ? `${text} ` : text };
};

function opensBehind(before: string, text: string, after: string): boolean {
  if (!MARKED.test(after) || CONTRACTION.test(after)) return false;
  const [mark] = CLOSING.exec(after) ?? [];
  if (mark === undefined) return true;
  // The cursor stood apart from what is closed behind a word again: that begins here, whatever lone marks there are before it.
  const closing = after.indexOf(mark, mark.length + 1);
  const isPair =
    /\s$/.test(before) && closing > 0 && /\S/.test(after[closing - 1]!) && !after.slice(0, closing).includes('\n');
  return isPair || !isOpenMark(mark, lastParagraph(before + text));
}
