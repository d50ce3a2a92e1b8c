import type { Localiser } from '../localiser';
import type { Findings } from './findings';

/** What can be done from the report with one click. */
export interface DoctorAction {
  readonly title: string;
  readonly command: string;
}

/** The actions above the report: what mends something first, copying last. */
export function doctorActions(findings: Findings, l10n: Localiser): DoctorAction[] {
  const { inlineSuggest, selfTest } = findings;
  const failed = selfTest.kind === 'failed';
  const turnOn = turnOnTitle(findings, l10n);
  return [
    ...(turnOn === undefined ? [] : [{ title: turnOn, command: 'planwright.turnOn' }]),
    ...(inlineSuggest
      ? []
      : [{ title: l10n.t('Show inline suggestions in Markdown'), command: 'planwright.showInlineSuggestions' }]),
    ...(failed ? [{ title: l10n.t('Restart the engine'), command: 'planwright.restartEngine' }] : []),
    ...(failed ? [{ title: l10n.t('Show the log'), command: 'planwright.showLog' }] : []),
    { title: l10n.t('Examine again'), command: 'planwright.doctor' },
    { title: l10n.t('Copy this report'), command: 'planwright.copyReport' },
  ];
}

/** What turning it on is called, by what keeps it off; undefined where nothing does, or that is not the writer's choice. */
function turnOnTitle({ enabled, offHere }: Findings, l10n: Localiser): string | undefined {
  if (!enabled || offHere === 'setting') return l10n.t('Turn Planwright on');
  if (offHere === 'file') return l10n.t('Turn on for this file');
  return offHere === 'snoozed' ? l10n.t('End the snooze') : undefined;
}
