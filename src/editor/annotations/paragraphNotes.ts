import type { DocumentState } from '../documents/documentState';
import type { Localiser } from '../localiser';
import { paragraphsAt } from './paragraphCache';
import { labelsTitle, nextTitle } from './titles';

/** What is said of one paragraph, in a lens or on the blank line above it. */
export interface ParagraphNote {
  /** Where the paragraph begins, and where its last sentence ends. */
  readonly start: number;
  readonly end: number;
  /** The labels of its sentences. */
  readonly labels: string;
  /** The same with the labels' full names, a line each. */
  readonly fullLabels: string;
  /** What comes behind it. */
  readonly next: string;
  readonly pinned: boolean;
}

/** The names of the labels, as far as they are known. */
export interface LabelNames {
  name(id: number): string;
}

/**
 * One note for each paragraph of prose, whether or not anything is known of its plan: lines must not come and go with the plan. Reads only
 * what is known already.
 */
export function paragraphNotes(
  state: DocumentState,
  most: number,
  names: LabelNames,
  l10n: Localiser,
): ParagraphNote[] {
  const nameOf = (label: number): string => names.name(label);
  const notes: ParagraphNote[] = [];
  for (const { start, end, from, to, kind } of paragraphsAt(state)) {
    if (kind !== 'prose') continue;
    const labels: (number | undefined)[] = [];
    for (let unit = from; unit < to; unit++) labels.push(state.plan.of(unit)?.label);
    const steering = state.steering.at(end);
    notes.push({
      start,
      end,
      labels: labelsTitle(labels, most, nameOf),
      fullLabels: fullLabels(labels, nameOf, l10n),
      next: nextTitle(state.plan.expected(to), steering, nameOf, l10n),
      pinned: steering.pins.length > 0,
    });
  }
  return notes;
}

/** Sentences named in a tooltip; nobody reads on further. */
const MOST_IN_FULL = 12;

function fullLabels(
  labels: readonly (number | undefined)[],
  nameOf: (label: number) => string,
  l10n: Localiser,
): string {
  if (labels.every((label) => label === undefined)) return l10n.t('The plan is not known yet.');
  const lines = labels
    .slice(0, MOST_IN_FULL)
    .map((label, n) => `${n + 1}. ${label === undefined ? '…' : nameOf(label)}`);
  return [...lines, ...(labels.length > MOST_IN_FULL ? ['…'] : [])].join('\n');
}
