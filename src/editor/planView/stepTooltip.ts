import { clip } from '../annotations/clip';
import { percent } from '../annotations/percent';
import { labelInWords, type LabelCatalogue } from '../hover/distribution';
import { plain } from '../hover/markdown';
import type { Localiser } from '../localiser';
import type { StepNode } from './planTree';

/** More about a step, as Markdown: what the label stands for, and what else was expected. */
export function stepTooltip({ label, others }: StepNode, labels: LabelCatalogue, l10n: Localiser): string {
  const words = labelInWords(label, labels, l10n);
  const alternatives = others.map(
    ({ id, probability }) => `- ${plain(percent(probability))} ${plain(clip(labels.name(id), 80))}`,
  );
  return [
    `**${plain(labels.name(label))}**`,
    ...(words === undefined ? [] : [words]),
    ...(alternatives.length === 0 ? [] : [`${l10n.t('Also expected:')}\n${alternatives.join('\n')}`]),
  ].join('\n\n');
}
