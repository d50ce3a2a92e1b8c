import type { TrainingReport } from '../../engine/training/protocol';
import type { Localiser } from '../localiser';
import type { Figures } from './figures';

/** Whether the weights of a run are used. */
export function isUsed({ outcome, model }: TrainingReport): boolean {
  return outcome === 'adopted' || (outcome === 'stopped-kept' && model !== undefined);
}

/** What came of a run, in a sentence or two: whether the new weights are used, and why not if not. */
export function outcomeSentence(report: TrainingReport, l10n: Localiser, { decimal }: Figures): string {
  const { outcome, before, after } = report;
  const was = decimal(before.perplexity, 2);
  const is = after === undefined ? '–' : decimal(after.perplexity, 2);
  if (isUsed(report)) {
    return l10n.t('The new weights are in use: perplexity on held-out documents went from {0} to {1}.', was, is);
  }
  switch (outcome) {
    case 'stopped-discarded':
      return l10n.t('Fine-tuning was stopped, and nothing of it was kept. The model is as it was.');
    case 'stopped-kept':
    case 'adopted':
      return after === undefined
        ? l10n.t('Fine-tuning was stopped before anything was learnt. The model is as it was.')
        : l10n.t(
            'The new weights are not used: when it was stopped, perplexity on held-out documents had not improved ({0} before, {1} after). The model is as it was.',
            was,
            is,
          );
    case 'not-better':
      if (after === undefined) {
        return l10n.t(
          'Nothing better was found: the loss on held-out documents did not improve. The model is as it was; more or other documents may help.',
        );
      }
      return l10n.t(
        'The new weights are not used: perplexity on held-out documents did not improve ({0} before, {1} after). The model is as it was; more or other documents may help.',
        was,
        is,
      );
  }
}
