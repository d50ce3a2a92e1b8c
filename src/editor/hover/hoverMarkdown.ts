import type { EngineState } from '../../engine/engine';
import type { Influence, LabelProbability } from '../../engine/protocol';
import { finePercent, percent } from '../annotations/percent';
import type { DocumentState } from '../documents/documentState';
import type { UnitAnnotation } from '../documents/planState';
import { LARGEST_ANNOTATED } from '../limits';
import type { Localiser } from '../localiser';
import type { ActiveSteering } from '../steering/steering';
import { distributionTable, labelInWords, LABELS_SHOWN, type LabelCatalogue, type Place } from './distribution';
import { whyNoPlan } from './engineWords';
import { plain } from './markdown';
import type { HoverTarget } from './target';
import { whyMarkdown } from './why';

/** What a hover is made from; all of it is known already when it is asked for. */
export interface HoverSources {
  readonly labels: LabelCatalogue;
  readonly engine: EngineState;
  readonly influence: Influence | undefined;
  readonly l10n: Localiser;
}

/** The hover on a sentence, or on a place between sentences, as Markdown. */
export function hoverMarkdown(state: DocumentState, target: HoverTarget, sources: HoverSources): string {
  const { labels, l10n } = sources;
  const annotation = target.kind === 'place' ? undefined : state.plan.of(target.unit);
  const expected = state.plan.expected(target.unit) ?? [];
  if (expected.length === 0) {
    if (state.text.length > LARGEST_ANNOTATED) return l10n.t('This document is too large for a plan.');
    return `${l10n.t('The plan is not known yet.')} ${whyNoPlan(sources.engine, l10n)}`;
  }

  const at: Place = { uri: state.key, offset: target.kind === 'place' ? target.offset : target.span.start };
  const steering = state.steering.at(at.offset);
  const stale = isStale(state, target) ? ` *${l10n.t('From before your last change.')}*` : '';
  // The editor shows about ten lines at once: what matters most comes first.
  return [
    heading(target, annotation, state.units.units.length, sources) + stale,
    ...pinsLine(steering, labels, l10n),
    distributionTable(expected, annotation?.label, steering, at, labels, l10n),
    ...thenLine(state, target, labels, l10n),
    ...aboutFirst(state, expected[0]!.id, sources),
  ].join('\n\n');
}

function heading(
  target: HoverTarget,
  annotation: UnitAnnotation | undefined,
  units: number,
  { labels, l10n }: HoverSources,
): string {
  if (annotation === undefined) {
    return `**${target.unit === units ? l10n.t('What is expected next') : l10n.t('What is expected here')}**`;
  }
  const listed = annotation.predicted.find(({ id }) => id === annotation.label);
  const share = plain(finePercent(listed?.probability ?? 2 ** -annotation.surprisal));
  const rank = listed ? annotation.predicted.indexOf(listed) : Infinity;
  const name = `**${plain(labels.name(annotation.label))}**`;
  const is = target.kind === 'heading' ? l10n.t('This heading: {0}', name) : l10n.t('This sentence: {0}', name);
  const said =
    rank < LABELS_SHOWN
      ? l10n.t('{0} expected', share)
      : l10n.t('{0}, not among the {1} most expected', share, LABELS_SHOWN);
  return `${is} (${said})`;
}

/** More of the most expected label: why it is, and what it stands for. */
function aboutFirst(state: DocumentState, id: number, { influence, labels, l10n }: HoverSources): string[] {
  const name = `**${plain(labels.name(id))}**`;
  const why = influence?.label === id ? whyMarkdown(state, influence, l10n) : undefined;
  const words = labelInWords(id, labels, l10n);
  if (why === undefined) return words === undefined ? [] : [`${name}: ${words}`];
  return [`${name}, ${why}${words === undefined ? '' : `  \n${words}`}`];
}

/** What is expected of a unit follows from those before it: the place right at the change is not affected, the sentence there is. */
function isStale({ plan }: DocumentState, { kind, unit }: HoverTarget): boolean {
  return kind === 'place' ? unit > 0 && plan.isStale(unit - 1) : plan.isStale(unit);
}

function pinsLine({ pins }: ActiveSteering, labels: LabelCatalogue, l10n: Localiser): string[] {
  if (pins.length === 0) return [];
  return [l10n.t('Pinned here: {0}', pins.map((id) => plain(labels.name(id))).join(' → '))];
}

/** What follows what is next, at the end of the text. */
function thenLine(state: DocumentState, target: HoverTarget, labels: LabelCatalogue, l10n: Localiser): string[] {
  if (target.unit !== state.units.units.length) return [];
  const after = state.plan.next.slice(1).flatMap((step) => step.slice(0, 1));
  if (after.length === 0) return [];
  const words = ({ id, probability }: LabelProbability): string =>
    `${plain(labels.name(id))} ${plain(percent(probability))}`;
  return [l10n.t('After that: {0}', after.map(words).join(' → '))];
}
