/** The kinds of unit, in the order the planner's kind embedding uses: an index into this list is part of the model's format. */
export const UNIT_KINDS = [
  'sentence',
  'heading1',
  'heading2',
  'heading3',
  'heading4',
  'heading5',
  'heading6',
  'listItem',
  'quote',
  'code',
  'table',
  'math',
  'html',
  'image',
  'frontMatter',
  'rule',
  'other',
] as const;

/** What a unit is: a sentence, in running text, a list item or a quote; or a whole block that is not split. */
export type UnitKind = (typeof UNIT_KINDS)[number];

/** A sentence-like span of Markdown, in UTF-16 code units. Units tile the text: each begins where the one before it ends. */
export interface Unit {
  readonly start: number;
  readonly end: number;
  readonly kind: UnitKind;
  /** Length of the shortest prefix of the text from which it is known that the unit has ended; >= end. Infinity for the last, open unit. */
  readonly closedAt: number;
}
