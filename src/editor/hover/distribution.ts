import type { LabelInfo, LabelProbability } from '../../engine/protocol';
import { exampleText } from '../annotations/example';
import { percent } from '../annotations/percent';
import type { Localiser } from '../localiser';
import type { ActiveSteering } from '../steering/steering';
import { bar } from './bar';
import { commandLink, plain, table } from './markdown';

/** The labels' names and what else is known of them. */
export interface LabelCatalogue {
  get(id: number): LabelInfo | undefined;
  name(id: number): string;
}

/** A place in a document, as commands take it. */
export interface Place {
  readonly uri: string;
  readonly offset: number;
}

/** Labels of a distribution that are listed. */
export const LABELS_SHOWN = 5;
const LONGEST_EXAMPLE = 140;
/** Cells have no space between them otherwise. */
const GAP = '&nbsp;&nbsp;';

/**
 * The most expected labels, a row each: percent, bar, name, and what can be done with it, or taken back.
 * @param observed the label of the sentence that stands there
 */
export function distributionTable(
  expected: readonly LabelProbability[],
  observed: number | undefined,
  { pins, never }: ActiveSteering,
  at: Place,
  labels: LabelCatalogue,
  l10n: Localiser,
): string {
  const shown = expected.slice(0, LABELS_SHOWN);
  const whole = Math.max(...shown.map(({ probability }) => probability));
  const rows = shown.map(({ id, probability }) => {
    const name = labels.name(id);
    const remarks = [
      ...(id === observed ? [l10n.t('as written')] : []),
      ...(id === pins[0] ? [l10n.t('pinned')] : []),
      ...(never.includes(id) ? [l10n.t('excluded')] : []),
    ];
    const named = remarks.length > 0 ? `**${plain(name)}** (${remarks.join(', ')})` : plain(name);
    const place = { ...at, label: id };
    const pin =
      id === pins[0]
        ? commandLink(l10n.t('Unpin'), 'planwright.unpin', place)
        : commandLink(l10n.t('Pin'), 'planwright.pin', place, l10n.t('Pin “{0}” here', name));
    const ban = never.includes(id)
      ? commandLink(l10n.t('Allow'), 'planwright.allow', place)
      : commandLink(l10n.t('Never here'), 'planwright.never', place, l10n.t('Never “{0}” here', name));
    return [plain(percent(probability)), bar(probability, whole) + GAP, named + GAP, `${pin} · ${ban}`];
  });
  const steer = commandLink(l10n.t('Steer here…'), 'planwright.steer', at);
  // Headers are read out with each cell; the bar says nothing that the percent does not.
  return table([l10n.t('Expected'), '', l10n.t('Label'), steer], rows);
}

/** What a label's name stands for: those of its key terms that are not in the name, and a sentence that carries it; undefined where nothing is known of it. */
export function labelInWords(id: number, labels: LabelCatalogue, l10n: Localiser): string | undefined {
  const info = labels.get(id);
  const terms = info?.terms.filter((term) => !info.name.includes(term)) ?? [];
  const example = info?.examples[0];
  const words = [
    ...(terms.length > 0 ? [terms.map(plain).join(', ')] : []),
    ...(example ? [l10n.t('for example “{0}”', plain(exampleText(example, LONGEST_EXAMPLE)))] : []),
  ];
  return words.length > 0 ? words.join('; ') : undefined;
}
