import type { SimpleReason } from '../reasons';

/** Where a completion would be inserted. All texts as the model reads them. */
export interface FilterContext {
  /** Text before the cursor (at least the last units of it). */
  readonly before: string;
  /** The part of `before` that belongs to the unit being written. */
  readonly unit: string;
  /** Text after the cursor (at least the next lines of it). */
  readonly after: string;
  /** The writer asked for a whole sentence: a few words of one would not do. */
  readonly asked?: boolean;
}

/** The completion, perhaps shorter (or with a space added at its end), or why it is dropped. */
export type Verdict = { readonly text: string } | { readonly drop: SimpleReason };

/** One rule of what may be shown. Filters are pure, and keep or shorten: what stays is a beginning of what came in. */
export type Filter = (text: string, context: FilterContext) => Verdict;

/** Whether text follows the cursor on its line. */
export function isWithinLine({ after }: FilterContext): boolean {
  return /^[^\n]*\S/.test(after);
}

/** Words alone, in lower case: without marks of Markdown and punctuation. */
export function plain(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(' ');
}

/** The line being written, up to the cursor. */
export function lineBefore(context: FilterContext): string {
  return context.before.slice(context.before.lastIndexOf('\n') + 1);
}
