import type { CompletionLabel } from '../../engine/protocol';
import { splitUnits } from '../../text/units';

/** A text that may be inserted at a place, and the label that each of its sentences follows. */
export interface Suggestion {
  readonly text: string;
  readonly labels: readonly CompletionLabel[];
}

/** What is left of a suggestion once `typed` stands in the document; undefined where it says something else, or nothing more. */
function remainderOf(suggestion: Suggestion, typed: string): Suggestion | undefined {
  const { text, labels } = suggestion;
  if (typed === '') return suggestion;
  if (typed.length >= text.length || !text.startsWith(typed)) return undefined;
  return { text: text.slice(typed.length), labels: labels.slice(finishedUnits(text, typed.length)) };
}

/** The remainders of those suggestions that agree with what was typed. */
export function remaindersOf(suggestions: readonly Suggestion[], typed: string): readonly Suggestion[] {
  return suggestions.flatMap((suggestion) => remainderOf(suggestion, typed) ?? []);
}

/** How many of a text's units that carry a label (those with letters or digits) end within its first `length` characters. */
function finishedUnits(text: string, length: number): number {
  return splitUnits(text).filter(({ start, end }) => end <= length && /[\p{L}\p{N}]/u.test(text.slice(start, end)))
    .length;
}
