import type { EngineState } from '../../engine/engine';
import type { Verdict } from '../activity';
import { LARGEST_ANNOTATED } from '../limits';
import type { Localiser } from '../localiser';

/** What the plan view is about. */
export interface ViewSituation {
  readonly verdict: Verdict;
  /** Whether Planwright is on for any document: else the view's welcome says that it is off. */
  readonly isOnSomewhere: boolean;
  readonly engine: EngineState;
  /** Length of the document. */
  readonly length: number;
  /** Whether there is nothing but white space in it. */
  readonly isBlank: boolean;
}

/** What stands above the tree; undefined where the tree speaks for itself, or there is no document. */
export function viewMessage(situation: ViewSituation | undefined, l10n: Localiser): string | undefined {
  if (situation === undefined) return undefined;
  const { verdict, isOnSomewhere, engine, length, isBlank } = situation;
  if (!verdict.on) return isOnSomewhere ? offMessage(verdict.reason, l10n) : undefined;
  switch (engine.kind) {
    case 'failed':
      return engine.error.message;
    case 'starting':
    case 'restarting':
      return l10n.t('The engine is starting…');
    case 'ready':
    case 'stopped':
    case 'unloaded':
      if (isBlank) return l10n.t('Nothing is written here yet: what comes next is shown after the first sentence.');
      return length > LARGEST_ANNOTATED
        ? l10n.t('This document is too large for an outline; what comes next is shown.')
        : undefined;
  }
}

function offMessage(reason: Exclude<Verdict, { on: true }>['reason'], l10n: Localiser): string | undefined {
  switch (reason) {
    case 'file':
      return l10n.t('Planwright is turned off for this file.');
    case 'snoozed':
      return l10n.t('Planwright is snoozed.');
    case 'too-large':
      return l10n.t('This document is too large.');
    case 'setting':
      return l10n.t('Planwright is turned off here in the settings.');
    case 'language':
    case 'scheme':
      // The view's welcome says so.
      return undefined;
  }
}
