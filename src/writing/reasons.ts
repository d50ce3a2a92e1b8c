/** Why there is nothing to show. Every early end of a completion is one of these, and reaches the log. */
export type EmptyReason =
  | { readonly kind: SimpleReason }
  | { readonly kind: 'low-confidence'; readonly confidence: number; readonly threshold: number };

export type SimpleReason = keyof typeof SENTENCES;

const SENTENCES = {
  'empty-document': 'The document is empty: write a first sentence, then ask again.',
  'nothing-before-cursor': 'There is only white space before the cursor: there is nothing to continue.',
  binary: 'The document is not text.',
  'inside-code': 'The cursor is inside code.',
  'inside-math': 'The cursor is inside a formula.',
  'inside-html': 'The cursor is inside HTML.',
  'inside-table': 'The cursor is inside a table.',
  'inside-front-matter': 'The cursor is inside the front matter.',
  'inside-link': 'The cursor is inside the target of a link or an image.',
  'inside-word': 'There are letters on both sides of the cursor: a word is being changed, not written.',
  'after-marker': 'The line has only a Markdown marker so far: it needs a space before its text.',
  cancelled: 'The request was cancelled.',
  'document-changed': 'The document changed while the completion was computed.',
  'end-of-text': 'The model expects the text to end here.',
  'new-paragraph': 'The model expects a new paragraph here, and one follows already.',
  'only-whitespace': 'The model offered nothing but white space or punctuation.',
  'repeats-itself': 'The model began to repeat itself.',
  'repeats-text': 'The model offered a sentence that the text before the cursor already has.',
  'repeats-suffix': 'The model offered what already stands after the cursor.',
  'open-syntax': 'The model began a Markdown construct that it did not close.',
  'too-short': 'What the model is sure of is sooner typed than read.',
} as const;

/** The reason as a sentence for people. */
export function reasonSentence(reason: EmptyReason): string {
  if (reason.kind !== 'low-confidence') return SENTENCES[reason.kind];
  const percent = (value: number): string => `${Math.round(value * 100)} %`;
  return `The model was not sure enough: ${percent(reason.confidence)}, and ${percent(reason.threshold)} is asked for.`;
}
