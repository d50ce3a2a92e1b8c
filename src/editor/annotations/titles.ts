import type { LabelProbability } from '../../engine/protocol';
import type { Localiser } from '../localiser';
import type { ActiveSteering } from '../steering/steering';
import { withoutIcons } from './icons';
import { percent } from './percent';
import { shortName } from './shortName';

/** Stands where the plan is not known yet. */
export const UNKNOWN = '…';
const ARROW = ' → ';

type NameOf = (label: number) => string;

/**
 * The labels of a paragraph's sentences in words: "A → B ×2 → C", at most `most` of them, then how many sentences are left over: " +3".
 * A sentence that no plan has seen (undefined) is an ellipsis.
 */
export function labelsTitle(labels: readonly (number | undefined)[], most: number, nameOf: NameOf): string {
  const runs: { label: number | undefined; count: number }[] = [];
  for (const label of labels) {
    const last = runs.at(-1);
    if (last && last.label === label) last.count++;
    else runs.push({ label, count: 1 });
  }
  const shown = runs.slice(0, most).map(({ label, count }) => {
    if (label === undefined) return UNKNOWN;
    const name = shortName(nameOf(label));
    return count > 1 ? `${name} ×${count}` : name;
  });
  const left = runs.slice(most).reduce((sum, { count }) => sum + count, 0);
  return (shown.join(ARROW) || UNKNOWN) + (left > 0 ? ` +${left}` : '');
}

/** What comes behind a paragraph: the pin, where the writer has set one; else what is most probable and not excluded, with its probability. */
export function nextTitle(
  expected: readonly LabelProbability[] | undefined,
  { pins, never }: ActiveSteering,
  nameOf: NameOf,
  l10n: Localiser,
): string {
  const [pin] = pins;
  if (pin !== undefined) return l10n.t('next: {0} pinned', shortName(nameOf(pin)));
  const best = expected?.find(({ id }) => !never.includes(id));
  if (best === undefined) return l10n.t('next: {0}', UNKNOWN);
  return l10n.t('next: {0} {1}', shortName(nameOf(best.id)), percent(best.probability));
}

/** A title as the editor's lens wants it: nothing of a name becomes an icon, and a pin has one beside the word. */
export function lensTitle(title: string, pinned: boolean): string {
  return pinned ? `$(pinned) ${withoutIcons(title)}` : withoutIcons(title);
}
