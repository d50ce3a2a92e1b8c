import { clip } from './clip';

/** Between the terms of a label that is named by its key terms. */
const BETWEEN_TERMS = ' · ';
/** Of key terms, so that four labels fit beside each other in a window of ordinary width; of a name that somebody wrote, which half of would mislead (models/recipe/names.py allows no longer ones). */
const LONGEST_TERMS = 28;
const LONGEST_NAME = 42;
/** More than a model has labels; of two models a little more work is no harm. */
const REMEMBERED = 4096;

const remembered = new Map<string, string>();

/** A label's name for places where several stand in a row: two of its terms, or one where two are too long. */
export function shortName(name: string): string {
  // Every lens of a document is made anew with every edit.
  let short = remembered.get(name);
  if (short === undefined) {
    if (remembered.size >= REMEMBERED) remembered.clear();
    short = shorten(name);
    remembered.set(name, short);
  }
  return short;
}

function shorten(name: string): string {
  const terms = name.trim().split(BETWEEN_TERMS);
  if (terms.length === 1) return clip(terms[0]!, LONGEST_NAME);
  const two = terms.slice(0, 2).join(BETWEEN_TERMS);
  return two.length <= LONGEST_TERMS ? two : clip(terms[0]!, LONGEST_TERMS);
}
