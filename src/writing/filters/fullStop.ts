import { isAbbreviation } from '../../text/abbreviations';
import type { Filter } from './filter';

/** A word and the full stop at the end. */
const ENDED = /([\p{L}\p{N}.°º]*)(?<!\.)\.$/u;
/** A small letter begins what follows on the line. */
const GOES_ON = /^[^\S\n]*\p{Ll}/u;

/**
 * Takes the full stop off a completion behind which the line goes on in a small letter: the writer's sentence is not over there. The LM, which does not read
 * what follows, ends it all the same.
 */
export const openSentence: Filter = (text, { after }) => {
  const [, word] = ENDED.exec(text) ?? [];
  if (word === undefined || isAbbreviation(word) || !GOES_ON.test(after)) return { text };
  return { text: text.slice(0, -1) };
};
