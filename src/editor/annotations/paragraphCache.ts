import { paragraphsOf, type Paragraph } from '../../text/paragraphs';
import type { DocumentState } from '../documents/documentState';

const known = new WeakMap<DocumentState, { revision: number; paragraphs: readonly Paragraph[] }>();

/** A document's paragraphs, found once per revision. */
export function paragraphsAt(state: DocumentState): readonly Paragraph[] {
  const before = known.get(state);
  if (before?.revision === state.revision) return before.paragraphs;
  const paragraphs = paragraphsOf(state.text, state.units.units);
  known.set(state, { revision: state.revision, paragraphs });
  return paragraphs;
}

/** The paragraph at an offset; behind or between paragraphs the one before. */
export function paragraphBefore(paragraphs: readonly Paragraph[], offset: number): Paragraph | undefined {
  let low = 0;
  let high = paragraphs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (paragraphs[middle]!.start <= offset) low = middle + 1;
    else high = middle;
  }
  return paragraphs[low - 1];
}
