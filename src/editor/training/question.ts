import type { Survey, TrainingMode } from '../../engine/training/protocol';
import type { Localiser } from '../localiser';
import type { Figures } from './figures';

/** A question that the writer must answer. */
export interface Question<T> {
  readonly message: string;
  readonly detail: string;
  readonly choices: readonly { readonly label: string; readonly value: T }[];
}

export interface Proposal {
  readonly survey: Survey;
  readonly workspace: string;
  /** Where the model would be kept. */
  readonly store: string;
  /** Whether it is to go on from the workspace's model, which was made in this mode. */
  readonly again: TrainingMode | undefined;
  /** The mode of a run that was cut off and can be taken up again. */
  readonly unfinished: TrainingMode | undefined;
}

/** The one question before fine-tuning: everything that decides the answer, and an answer per mode. */
export function startQuestion(proposal: Proposal, l10n: Localiser, figures: Figures): Question<TrainingMode> {
  const { again, unfinished, workspace } = proposal;
  const label = (mode: TrainingMode): string => {
    if (mode === unfinished) return l10n.t('Resume');
    if (again !== undefined) return l10n.t('Fine-tune Again');
    return mode === 'full' ? l10n.t('Fine-tune (Full)') : l10n.t('Fine-tune (Light)');
  };
  const modes: readonly TrainingMode[] = again === undefined ? ['full', 'light'] : [again];
  // The first answer is the one that Enter gives.
  const ordered = [...modes].sort((a, b) => Number(b === unfinished) - Number(a === unfinished));
  return {
    message:
      again === undefined
        ? l10n.t('Fine-tune on “{0}”?', workspace)
        : l10n.t('Go on fine-tuning the model of “{0}”, on its documents as they are now?', workspace),
    detail: detail(proposal, l10n, figures),
    choices: ordered.map((value) => ({ label: label(value), value })),
  };
}

function detail(proposal: Proposal, l10n: Localiser, { count, decimal, duration }: Figures): string {
  const { survey, store, again, unfinished } = proposal;
  const { documents, heldOutDocuments, characters, device, runtime, estimatedSeconds, memoryBytes, changedSince } =
    survey;
  return [
    l10n.t(
      '{0} documents with {1} characters, {2} of them held out to measure with.',
      count(documents),
      count(characters),
      count(heldOutDocuments),
    ),
    ...changed(changedSince, again !== undefined, l10n, count),
    ...leftOut(survey, l10n, count),
    l10n.t(
      'Takes about {0} and {1} GB of memory, on {2} ({3}).',
      duration(estimatedSeconds),
      decimal(memoryBytes / 1e9, 1),
      device,
      runtime,
    ),
    l10n.t('You can go on writing: it waits while you type, while a suggestion is made, and on battery.'),
    l10n.t(
      'The new weights are used only if they are better on the held-out documents. They are kept in “{0}”.',
      store,
    ),
    ...(unfinished === undefined ? [] : ['', l10n.t('An earlier run was cut off; “Resume” goes on from there.')]),
    ...(again === undefined
      ? ['', l10n.t('Full learns most. Light makes a small file, takes less memory and learns somewhat less.')]
      : []),
  ].join('\n');
}

function changed(
  changedSince: number | undefined,
  again: boolean,
  l10n: Localiser,
  count: Figures['count'],
): readonly string[] {
  if (changedSince === undefined) return [];
  if (again && changedSince === 0) {
    return [l10n.t('Nothing has changed since the last time: there is little to be gained.')];
  }
  const line = l10n.t('Documents that are new or changed since the last time: {0}.', count(changedSince));
  return again
    ? [line]
    : [`${line} ${l10n.t('“Fine-tune Again” goes on from the model that there is; this begins anew.')}`];
}

/** What was not read, by reason, most frequent first. */
function leftOut({ skipped }: Survey, l10n: Localiser, count: Figures['count']): readonly string[] {
  const reasons = Object.entries(skipped).filter(([, files]) => files > 0);
  if (reasons.length === 0) return [];
  const list = reasons
    .sort(([, a], [, b]) => b - a)
    .map(([reason, files]) => l10n.t('{0} {1}', count(files), reasonWord(reason, l10n)));
  return [l10n.t('Left out: {0}.', list.join(', '))];
}

function reasonWord(reason: string, l10n: Localiser): string {
  switch (reason) {
    case 'ignored':
      return l10n.t('ignored by .gitignore');
    case 'excluded':
      return l10n.t('excluded by settings');
    case 'too-large':
      return l10n.t('too large');
    case 'binary':
      return l10n.t('not text');
    case 'not-utf8':
      return l10n.t('not in UTF-8');
    case 'duplicate':
      return l10n.t('the same as others');
    case 'generated':
      return l10n.t('written by programs');
    case 'too-short':
      return l10n.t('too short');
    case 'unreadable':
      return l10n.t('not readable');
    case 'over-total':
      return l10n.t('beyond the total size');
    default:
      return reason;
  }
}

/** The question when the writer wants a run to end. @param line what it is doing */
export function stopQuestion(line: string, l10n: Localiser): Question<'keep' | 'discard'> {
  return {
    message: l10n.t('Stop fine-tuning?'),
    detail: [
      line,
      l10n.t('What was learnt so far can be measured, and used if it is better than before. “Cancel” lets it go on.'),
    ].join('\n\n'),
    choices: [
      { label: l10n.t('Keep the Best So Far'), value: 'keep' },
      { label: l10n.t('Discard'), value: 'discard' },
    ],
  };
}
