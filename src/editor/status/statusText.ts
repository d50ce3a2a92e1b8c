import type { EngineState } from '../../engine/engine';
import { DEFAULT_POLICY } from '../../engine/restartPolicy';
import type { Verdict } from '../activity';
import type { Localiser } from '../localiser';
import type { ProgressWords } from '../training/progressWords';

/** What the status item says. */
export interface StatusText {
  readonly text: string;
  readonly detail: string;
  readonly severity: 'information' | 'warning' | 'error';
  readonly busy: boolean;
}

/** Everything that the status depends on. */
export interface Situation {
  readonly engine: EngineState;
  readonly verdict: Verdict;
  /** Local time as people write it, such as 14:05; where suggestions are snoozed. */
  readonly snoozedUntil: string | undefined;
  /** What is being fine-tuned, in words; where something is. */
  readonly training?: ProgressWords | undefined;
}

/** The state of Planwright in a document, in words. */
export function statusText({ engine, verdict, snoozedUntil, training }: Situation, l10n: Localiser): StatusText {
  const say = (text: string, detail: string, more: Partial<StatusText> = {}): StatusText => ({
    text,
    detail,
    severity: 'information',
    busy: false,
    ...more,
  });
  if (!verdict.on) {
    switch (verdict.reason) {
      case 'snoozed':
        return say(
          l10n.t('Planwright: snoozed until {0}', snoozedUntil ?? '?'),
          l10n.t('No suggestions and no annotations until then.'),
        );
      case 'file':
        return say(l10n.t('Planwright: off for this file'), l10n.t('The menu turns it on again.'));
      case 'too-large':
        return say(l10n.t('Planwright: off here'), l10n.t('This document is too large.'));
      case 'language':
        return say(
          l10n.t('Planwright: off here'),
          l10n.t('Its language is not among those of “planwright.languages”.'),
        );
      case 'scheme':
        return say(l10n.t('Planwright: off here'), l10n.t('Planwright does not work in this kind of document.'));
      case 'setting':
        return say(l10n.t('Planwright: off'), l10n.t('Turned off in the settings.'));
    }
  }
  // A failed engine says so; in any other state what trains is what one wants to know of.
  if (training !== undefined && engine.kind !== 'failed') {
    return say(l10n.t('Planwright: fine-tuning {0}', training.short), training.line, {
      busy: training.paused === undefined,
    });
  }
  switch (engine.kind) {
    case 'stopped':
      return say('Planwright', l10n.t('Starts when you write.'));
    case 'starting':
      return say(l10n.t('Planwright: starting'), l10n.t('Opening the model…'), { busy: true });
    case 'unloaded':
      return say(
        l10n.t('Planwright: resting'),
        l10n.t('The memory was freed. The model is opened again when you write.'),
      );
    case 'restarting':
      return say(
        l10n.t('Planwright: restarting {0}/{1}', engine.attempt, DEFAULT_POLICY.delays.length),
        l10n.t('The engine ended and is being restarted. Your text is not affected.'),
        { busy: true, severity: 'warning' },
      );
    case 'failed':
      return say(l10n.t('Planwright: stopped'), engine.error.message, { severity: 'error' });
    case 'ready': {
      const { device } = engine.info;
      const where = device.kind === 'webgpu' ? l10n.t('GPU') : l10n.t('CPU');
      const skipped = engine.skippedDevice;
      const why = skipped === undefined ? '' : ` ${l10n.t('The GPU is not used for writing: {0}', skipped.reason)}`;
      return say(`Planwright · ${where}`, `${l10n.t('Model {0} on {1}.', engine.info.model, device.name)}${why}`);
    }
  }
}
