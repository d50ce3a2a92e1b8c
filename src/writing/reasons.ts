/** Why there is nothing to show. Every early end of a completion is one of these, and reaches the log. */
export type EmptyReason =
  | { readonly kind: SimpleReason }
  | { readonly kind: 'low-confidence'; readonly confidence: number; readonly threshold: number };

export type SimpleReason = keyof typeof SENTENCES;

/** Marks what the editor translates as it shows it: `npm run l10n` finds these messages. */
const l10n = { t: (message: string): string => message };

const SENTENCES = {
  'empty-document': l10n.t('The document is empty: write a first sentence, then ask again.'),
  'nothing-before-cursor': l10n.t('There is only white space before the cursor: there is nothing to continue.'),
  binary: l10n.t('The document is not text.'),
  'inside-code': l10n.t('The cursor is inside code.'),
  'inside-math': l10n.t('The cursor is inside a formula.'),
  'inside-html': l10n.t('The cursor is inside HTML.'),
  'inside-table': l10n.t('The cursor is inside a table.'),
  'inside-front-matter': l10n.t('The cursor is inside the front matter.'),
  'inside-link': l10n.t('The cursor is inside the target of a link or an image.'),
  'inside-word': l10n.t('There are letters on both sides of the cursor: a word is being changed, not written.'),
  'after-marker': l10n.t('The line has only a Markdown marker so far: it needs a space before its text.'),
  'before-block': l10n.t(
    'A heading, a list item or another block begins right after the cursor: text here would run into it.',
  ),
  cancelled: l10n.t('The request was cancelled.'),
  'document-changed': l10n.t('The document changed while the completion was computed.'),
  'end-of-text': l10n.t('The model expects the text to end here.'),
  'new-paragraph': l10n.t('The model expects a new paragraph here, and one follows already.'),
  'only-whitespace': l10n.t('The model offered nothing but white space or punctuation.'),
  'repeats-itself': l10n.t('The model began to repeat itself.'),
  'repeats-text': l10n.t('The model offered a sentence that the text before the cursor already has.'),
  'repeats-suffix': l10n.t('The model offered what already stands after the cursor.'),
  'wrong-number': l10n.t('The model offered a list item whose number does not follow the one before it.'),
  'unknown-address': l10n.t('The model offered a link to an address that the document does not have.'),
  'open-syntax': l10n.t('The model began a Markdown construct that it did not close.'),
  'too-short': l10n.t('What the model is sure of is faster to type than to read.'),
};

/** The reason as a sentence for people. */
export function reasonSentence(reason: EmptyReason): string {
  if (reason.kind !== 'low-confidence') return SENTENCES[reason.kind];
  const percent = (value: number): string => `${Math.round(value * 100)} %`;
  return `The model was not sure enough: ${percent(reason.confidence)}, where ${percent(reason.threshold)} is needed.`;
}
