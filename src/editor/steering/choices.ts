import type { LabelInfo, LabelProbability } from '../../engine/protocol';
import { exampleText } from '../annotations/example';
import { withoutIcons } from '../annotations/icons';
import { percent } from '../annotations/percent';
import type { Localiser } from '../localiser';
import type { Wishes } from './steering';

/** A label to choose, or one that was chosen before. */
export interface LabelChoice {
  readonly kind: 'label' | 'pinned' | 'banned';
  readonly id: number;
  /** Of a pinned label. */
  readonly step: number;
  readonly label: string;
  readonly description: string;
  readonly detail: string;
}

export interface ActionChoice {
  readonly kind: 'several' | 'clear' | 'done';
  readonly label: string;
}

/** What a writer can choose for a sentence. */
export type Choice = { readonly kind: 'heading'; readonly label: string } | LabelChoice | ActionChoice;

/** What the choices depend on. */
export interface ChoiceSituation {
  readonly labels: readonly LabelInfo[];
  readonly expected: readonly LabelProbability[];
  readonly wishes: Wishes;
  /** Whether one sentence after another is planned. */
  readonly several: boolean;
}

/** Characters of an example that are shown. */
const SHOWN = 110;

/** The choices, in order: what is pinned, what is expected, what is banned, what else can be done, every other label by its frequency. */
export function choices({ labels, expected, wishes, several }: ChoiceSituation, l10n: Localiser): Choice[] {
  const entry = (kind: LabelChoice['kind'], id: number, remark = '', step = 0): LabelChoice[] => {
    const info = labels[id];
    return info === undefined ? [] : [{ kind, id, step, ...labelText(info, remark) }];
  };
  const group = (label: string, entries: readonly Choice[]): Choice[] =>
    entries.length === 0 ? [] : [{ kind: 'heading', label }, ...entries];
  const { pins, never } = wishes;
  const listed = new Set([...never, ...expected.map(({ id }) => id)]);
  const others = labels.filter(({ id }) => !listed.has(id)).sort((a, b) => b.frequency - a.frequency);
  const chosen = pins.some((pin) => pin !== undefined) || never.length > 0;
  return [
    ...group(
      l10n.t('Pinned: choose to unpin'),
      pins.flatMap((id, step) => (id === undefined ? [] : entry('pinned', id, l10n.t('step {0}', step + 1), step))),
    ),
    ...group(
      l10n.t('Expected'),
      expected.flatMap(({ id, probability }) => entry('label', id, percent(probability))),
    ),
    ...group(
      l10n.t('Never here: choose to allow'),
      never.flatMap((id) => entry('banned', id)),
    ),
    ...group(l10n.t('More'), [
      several
        ? { kind: 'done', label: l10n.t('Done') }
        : { kind: 'several', label: l10n.t('Plan several sentences, one after another…') },
      ...(chosen ? [{ kind: 'clear', label: l10n.t('Clear all pins and exclusions here') } as const] : []),
    ]),
    ...group(
      l10n.t('All labels'),
      others.flatMap(({ id }) => entry('label', id)),
    ),
  ];
}

function labelText({ name, terms, examples }: LabelInfo, remark: string): Omit<LabelChoice, 'kind' | 'id' | 'step'> {
  const [example] = examples;
  const words = terms.filter((term) => !name.includes(term)).join(', ');
  const description = [remark, words].filter((part) => part !== '').join(' · ');
  return {
    label: withoutIcons(name),
    description: withoutIcons(description),
    detail: example === undefined ? '' : withoutIcons(`“${exampleText(example, SHOWN)}”`),
  };
}
