import type { MemoryInfo } from '../../engine/protocol';
import type { ModelChoice } from '../../engine/training/protocol';
import type { Counts } from '../completion/counters';
import type { AnnotationStyle, Confidence } from '../configuration';
import type { Localiser } from '../localiser';
import type { StatusText } from './statusText';

/** What a choice in the menu does: runs a command, or gives settings values. */
export type MenuAction =
  | { readonly kind: 'command'; readonly command: string; readonly argument?: number }
  | { readonly kind: 'settings'; readonly values: Readonly<Record<string, string | boolean>> };

/** An entry of the menu; one with neither an icon nor an action heads those below it. */
export interface MenuItem {
  readonly icon?: string;
  readonly label: string;
  readonly description?: string;
  /** On a line of its own, below the label. */
  readonly detail?: string;
  readonly action?: MenuAction;
}

export interface MenuSituation {
  readonly status: StatusText;
  readonly memory: MemoryInfo | undefined;
  readonly on: boolean;
  /** Whether the active document is turned off by itself; undefined where there is none that Planwright could work in. */
  readonly fileOff: boolean | undefined;
  readonly snoozed: boolean;
  /** Whether text is suggested without being asked for. */
  readonly unasked: boolean;
  readonly confidence: Confidence;
  readonly style: AnnotationStyle;
  readonly isTraining: boolean;
  /** Which model is in use where this workspace has one of its own; undefined where it has none. */
  readonly using: ModelChoice | undefined;
  readonly counts: Counts;
}

/** The entries of Planwright's menu, in order. */
export function menuItems(situation: MenuSituation, l10n: Localiser): MenuItem[] {
  const { memory, on, fileOff, snoozed, unasked, confidence, style, isTraining, using, counts } = situation;
  const run = (icon: string, label: string, command: string, description?: string, argument?: number): MenuItem => ({
    icon,
    label,
    ...(description !== undefined && { description }),
    action: { kind: 'command', command: `planwright.${command}`, ...(argument !== undefined && { argument }) },
  });
  const choose = (isCurrent: boolean, label: string, values: Readonly<Record<string, string | boolean>>): MenuItem => ({
    icon: isCurrent ? 'check' : 'blank',
    label,
    ...(isCurrent && { description: l10n.t('current') }),
    action: { kind: 'settings', values },
  });
  const suggest = (value: Confidence, label: string): MenuItem =>
    choose(unasked && confidence === value, label, {
      'completions.confidence': value,
      ...(!unasked && { 'completions.enable': true }),
    });
  const show = (value: AnnotationStyle, label: string): MenuItem =>
    choose(style === value, label, { 'annotations.style': value });
  const accepted = counts.whole + counts.sentences + counts.parts;
  return [
    state(situation, l10n),
    { label: l10n.t('Here') },
    run(on ? 'circle-slash' : 'play', on ? l10n.t('Turn off') : l10n.t('Turn on'), 'toggle'),
    ...(fileOff === undefined || !on
      ? []
      : [run('file', fileOff ? l10n.t('Turn on for this file') : l10n.t('Turn off for this file'), 'toggleFile')]),
    ...(snoozed
      ? [run('bell', l10n.t('End the snooze'), 'snooze', undefined, 0)]
      : [5, 15, 60].map((minutes) =>
          run('bell-slash', l10n.t('Snooze for {0} minutes', minutes), 'snooze', undefined, minutes),
        )),
    { label: l10n.t('Suggestions') },
    suggest('quiet', l10n.t('Quiet: seldom, and then often right')),
    suggest('balanced', l10n.t('Balanced: when reasonably sure')),
    suggest('eager', l10n.t('Eager: often, and more often wrong')),
    choose(!unasked, l10n.t('Only when you ask'), { 'completions.enable': false }),
    { label: l10n.t('Plan') },
    show('lens', l10n.t('A line above each paragraph')),
    show('quiet', l10n.t('Faint text on the blank line above')),
    show('off', l10n.t('Not shown')),
    { label: l10n.t('This workspace') },
    isTraining
      ? run('debug-stop', l10n.t('Stop fine-tuning…'), 'stopFineTuning')
      : run('mortar-board', l10n.t('Fine-tune…'), 'fineTune', l10n.t('learn from its documents')),
    ...(using === undefined
      ? []
      : [
          ...(isTraining ? [] : [run('history', l10n.t('Fine-tune again…'), 'fineTuneAgain')]),
          using === 'workspace'
            ? run('arrow-swap', l10n.t('Use the bundled model'), 'switchModel', l10n.t('now: the workspace’s own'))
            : run('arrow-swap', l10n.t('Use the workspace’s own model'), 'switchModel', l10n.t('now: the bundled one')),
          run('output', l10n.t('Fine-tuning report'), 'showTrainingReport'),
        ]),
    { label: l10n.t('Engine') },
    ...(memory?.modelLoaded ? [run('clear-all', l10n.t('Free the memory'), 'freeMemory')] : []),
    // Off means that no process runs.
    ...(on ? [run('debug-restart', l10n.t('Restart the engine'), 'restartEngine')] : []),
    run('pulse', l10n.t('Doctor'), 'doctor', l10n.t('Is everything in order?')),
    run('output', l10n.t('Log'), 'showLog'),
    { label: l10n.t('More') },
    { icon: 'gear', label: l10n.t('Settings'), action: { kind: 'command', command: 'workbench.action.openSettings' } },
    run('book', l10n.t('Walkthrough'), 'openWalkthrough'),
    {
      icon: 'graph',
      label: l10n.t('{0} of {1} suggestions accepted', accepted, counts.offered),
      description: l10n.t('{0} characters; counted on this machine only', counts.characters),
    },
  ];
}

/**
 * What is going on, as the first entry: an entry and not a heading, for headings are cut off and skipped by the keyboard. What it does when chosen by
 * accident does no harm.
 */
function state({ status, memory }: MenuSituation, l10n: Localiser): MenuItem {
  const failed = status.severity === 'error';
  return {
    icon: failed ? 'error' : 'info',
    label: status.text,
    detail: status.detail,
    ...(memory !== undefined && { description: l10n.t('{0} MB in use', megabytes(memory.bytes)) }),
    action: { kind: 'command', command: failed ? 'planwright.restartEngine' : 'planwright.doctor' },
  };
}

/** Whole megabytes (10^6 bytes). */
export function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
