import type { LabelProbability } from '../../engine/protocol';
import type { UnitKind } from '../../text/units';
import type { DocumentState } from '../documents/documentState';
import type { Localiser } from '../localiser';
import { trimmedSpan, type Span } from '../textSpan';
import type { LabelNames } from './paragraphNotes';
import { finePercent, percent } from './percent';

/** A sentence that the plan finds improbable. */
export interface StructureMark extends Span {
  readonly label: number;
  readonly surprisal: number;
  readonly expected: readonly LabelProbability[];
}

/** What a writer would write otherwise: a heading or a table is not improbable, it is there for the reader. */
const SENTENCES: ReadonlySet<UnitKind> = new Set<UnitKind>(['sentence', 'listItem', 'quote']);
/** Labels that a message says were expected. */
const EXPECTED_SHOWN = 3;

/** The sentences of at least `threshold` bits of surprise. One whose text has changed since its plan was made is none. */
export function structureMarks(state: DocumentState, threshold: number): StructureMark[] {
  const marks: StructureMark[] = [];
  for (const [index, unit] of state.units.units.entries()) {
    const annotation = state.plan.of(index);
    if (annotation === undefined || annotation.touched || annotation.surprisal < threshold) continue;
    if (!SENTENCES.has(unit.kind)) continue;
    const span = trimmedSpan(state.text, unit);
    if (span.start === span.end) continue;
    const { label, surprisal, predicted } = annotation;
    marks.push({ ...span, label, surprisal, expected: predicted.slice(0, EXPECTED_SHOWN) });
  }
  return marks;
}

/** The message of a mark: what the sentence is, and what was expected there. */
export function markMessage({ label, surprisal, expected }: StructureMark, names: LabelNames, l10n: Localiser): string {
  const observed = l10n.t(
    'Improbable here: a sentence of the kind “{0}” ({1}).',
    names.name(label),
    finePercent(2 ** -surprisal),
  );
  if (expected.length === 0) return observed;
  const list = expected.map(({ id, probability }) => `“${names.name(id)}” (${percent(probability)})`).join(', ');
  return `${observed} ${l10n.t('Expected: {0}.', list)}`;
}
