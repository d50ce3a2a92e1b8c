import type { TrainingProgress } from '../../engine/training/protocol';
import { percent } from '../annotations/percent';
import type { Localiser } from '../localiser';
import type { Figures } from './figures';
import type { PauseReason } from './pauses';
import { shareDone, type Running } from './trainingState';

/** How a run is spoken of. */
export interface ProgressWords {
  /** A word or two: "42 %", "preparing". */
  readonly short: string;
  /** What it does, in one line. */
  readonly line: string;
  /** Why it waits; undefined where it does not. */
  readonly paused: string | undefined;
}

/** What a run is doing, in words. */
export function progressWords(running: Running, l10n: Localiser, figures: Figures): ProgressWords {
  const { progress, stopping } = running;
  const share = shareDone(running);
  const paused = whyPaused(running, l10n);
  if (stopping === 'discard') return { short: l10n.t('stopping'), line: l10n.t('Stopping…'), paused: undefined };
  if (stopping === 'keep' && progress?.phase !== 'reporting') {
    const line = l10n.t('Stopping: the best so far is being measured…');
    return { short: l10n.t('stopping'), line, paused: undefined };
  }
  const line = progress === undefined ? l10n.t('Starting…') : phaseLine(progress, l10n, figures);
  const short = share === undefined ? phaseWord(progress, l10n) : percent(share);
  return { short, line: paused === undefined ? line : `${paused} · ${line}`, paused };
}

function whyPaused({ paused, progress }: Running, l10n: Localiser): string | undefined {
  // Only between steps it waits.
  if (progress?.phase !== 'training') return undefined;
  // The process may wait for a reason that this window does not know of.
  const reason: string | undefined = paused ?? progress.paused;
  switch (reason as PauseReason | undefined) {
    case undefined:
      return undefined;
    case 'typing':
      return l10n.t('Paused while you type');
    case 'engine':
      return l10n.t('Paused for a suggestion');
    case 'battery':
      return l10n.t('Paused on battery; goes on when plugged in');
    default:
      return l10n.t('Paused');
  }
}

function phaseWord(progress: TrainingProgress | undefined, l10n: Localiser): string {
  switch (progress?.phase) {
    case undefined:
      return l10n.t('starting');
    case 'reading':
    case 'preparing':
      return l10n.t('preparing');
    case 'measuring':
      return l10n.t('measuring');
    case 'training':
      return percent(0);
    case 'reporting':
      return l10n.t('reporting');
  }
}

function phaseLine(progress: TrainingProgress, l10n: Localiser, { count, decimal, duration }: Figures): string {
  const { phase, step, steps, tokensPerSecond, loss, heldOutLoss, heldOutBefore, secondsLeft } = progress;
  const of = steps > 0 ? ` · ${l10n.t('{0} of {1}', count(step), count(steps))}` : '';
  switch (phase) {
    case 'reading':
      return `${l10n.t('Reading the documents')}${of}`;
    case 'preparing':
      return `${l10n.t('Preparing the documents')}${of}`;
    case 'measuring':
      return `${l10n.t('Measuring the model on held-out documents')}${of}`;
    case 'reporting':
      return `${l10n.t('Comparing before and after')}${of}`;
    case 'training': {
      const before = heldOutBefore === undefined ? '' : ` ${l10n.t('(before: {0})', decimal(heldOutBefore, 3))}`;
      return [
        l10n.t('Step {0} of {1}', count(step), count(steps)),
        ...(tokensPerSecond > 0 ? [l10n.t('{0} tokens/s', count(tokensPerSecond))] : []),
        ...(loss === undefined ? [] : [l10n.t('loss {0}', decimal(loss, 3))]),
        ...(heldOutLoss === undefined ? [] : [l10n.t('held out {0}', decimal(heldOutLoss, 3)) + before]),
        ...(secondsLeft === undefined ? [] : [l10n.t('{0} left', duration(secondsLeft))]),
      ].join(' · ');
    }
  }
}
