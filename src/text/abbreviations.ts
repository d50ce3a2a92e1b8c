/** Words (lower case, without their last dot) after which a dot and a space do not end a sentence. */
const ABBREVIATIONS = new Set(
  [
    'mr mrs ms dr prof sr jr st mt messrs mme mlle esq gen col lt capt sgt rev hon gov pres rep sen',
    'vs etc e.g i.e eg ie cf al viz resp incl approx ca est ex',
    'fig figs no nos nr n° nº vol pp p ed eds ch sec eq ref refs art arts op cit ibid seq ver ext',
    'inc ltd co corp dept ave blvd rd tel misc min max',
    'jan feb mar apr jun jul aug sep sept oct nov dec',
    'u.s u.s.a u.k u.n a.m p.m d.c ph.d b.a m.a a.k.a n.b',
  ]
    .join(' ')
    .split(' '),
);

/** Abbreviations that, written small, are far more often the word: "He said no." */
const WORDS_WHEN_SMALL = new Set(['no', 'art']);

/** Names (lower case) that end in an exclamation mark. */
const MARKED_NAMES = new Set(['yahoo', 'jeopardy']);

/** Whether a single dot behind `word` is most likely part of it: an abbreviation or an initial ("J. Doe", but not the pronoun I). */
export function isAbbreviation(word: string): boolean {
  if (WORDS_WHEN_SMALL.has(word)) return false;
  return ABBREVIATIONS.has(word.toLowerCase()) || (word !== 'I' && /^\p{Lu}$/u.test(word));
}

/** Whether an exclamation mark behind `word` is part of a name. */
export function isNameWithMark(word: string): boolean {
  return MARKED_NAMES.has(word.toLowerCase());
}
