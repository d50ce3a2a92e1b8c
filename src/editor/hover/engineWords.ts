import type { EngineState } from '../../engine/engine';
import type { Localiser } from '../localiser';
import { plain } from './markdown';

/** Why there is no plan yet, as Markdown. */
export function whyNoPlan(state: EngineState, l10n: Localiser): string {
  switch (state.kind) {
    case 'stopped':
      return l10n.t('The engine is not running.');
    case 'starting':
      return l10n.t('The engine is starting.');
    case 'ready':
      return l10n.t('It is being computed.');
    case 'unloaded':
      return l10n.t('The model is not in memory; it is opened again when you write.');
    case 'restarting':
      return l10n.t('The engine is being restarted.');
    case 'failed':
      return plain(state.error.message);
  }
}
