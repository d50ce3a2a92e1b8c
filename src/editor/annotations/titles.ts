import type { LabelProbability } from '../../engine/protocol';
import type { Localiser } from '../localiser';
import type { ActiveSteering } from '../steering/steering';
import { withoutIcons } from './icons';
import { percent } from './percent';
import { shortName } from './shortName';

/** Stands where the plan is not known yet. */
export const UNKNOWN = '…';
const ARROW = ' → ';
/** Characters that a label may take: with the four of the default, what comes next is still in sight in a window of ordinary width. */
const ROOM_PER_LABEL = 20;

type NameOf = (label: number) => string;

/**
 * The labels of a paragraph's sentences in words: "A → B ×2 → C", at most `most` of them, fewer where the names are long, then how many sentences
 * are left over: " +3". A sentence that no plan has seen (undefined) is an ellipsis.
 */
export function labelsTitle(labels: readonly (number | undefined)[], most: number, nameOf: NameOf): string {
  const runs: { label: number | undefined; count: number }[] = [];
  for (const label of labels) {
    const last = runs.at(-1);
    if (last && last.label === label) last.count++;
    else runs.push({ label, count: 1 });
  }
  const shown: string[] = [];
  let room = most * ROOM_PER_LABEL;
  for (const { label, count } of runs.slice(0, most)) {
    const name = label === undefined ? UNKNOWN : shortName(nameOf(label));
    const title = label !== undefined && count > 1 ? `${name} ×${count}` : name;
    room -= title.length;
    if (room < 0 && shown.length > 0) break;
    shown.push(title);
  }
  const left = runs.slice(shown.length).reduce((sum, { count }) => sum + count, 0);
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

/** A title as the editor's lens wants it: nothing of a name becomes an icon, and a pin has one beside the word. (An ordinary space there is not drawn.) */
export function lensTitle(title: string, pinned: boolean): string {
  return pinned ? `$(pinned)\u00a0${withoutIcons(title)}` : withoutIcons(title);
}
