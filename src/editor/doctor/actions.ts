import type { Localiser } from '../localiser';
import type { Findings } from './findings';

/** What can be done from the report with one click. */
export interface DoctorAction {
  readonly title: string;
  readonly command: string;
}

/** The actions above the report: what mends something first, copying last. */
export function doctorActions({ enabled, inlineSuggest, selfTest }: Findings, l10n: Localiser): DoctorAction[] {
  const failed = selfTest.kind === 'failed';
  return [
    ...(enabled ? [] : [{ title: l10n.t('Turn Planwright on'), command: 'planwright.turnOn' }]),
    ...(inlineSuggest
      ? []
      : [
          { title: l10n.t('Let the editor show suggestions in Markdown'), command: 'planwright.showInlineSuggestions' },
        ]),
    ...(failed ? [{ title: l10n.t('Restart the engine'), command: 'planwright.restartEngine' }] : []),
    ...(failed ? [{ title: l10n.t('Show the log'), command: 'planwright.showLog' }] : []),
    { title: l10n.t('Examine again'), command: 'planwright.doctor' },
    { title: l10n.t('Copy this report'), command: 'planwright.copyReport' },
  ];
}
