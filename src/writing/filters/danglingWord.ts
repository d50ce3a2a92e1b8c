import { isWithinLine, type Filter } from './filter';

/** A clause that was only announced: the comma before it, and words that join clauses. */
const ANNOUNCED =
  /[\s,;:–—-]+(?:(?:and|but|or|nor|so|yet|which|who|whose|because|although|though|while|if|that|than|as)[\s,]*)+$/iu;

/**
 * Takes a joining word off the end of a completion that was cut within its sentence ("…, and"): it promises what is not there. Where text follows on
 * the line it may lead over to that, and stays.
 */
export const trimDangling: Filter = (text, context) => {
  if (isWithinLine(context)) return { text };
  const kept = text.replace(ANNOUNCED, '');
  return { text: /[\p{L}\p{N}]/u.test(kept) ? kept : text };
};
