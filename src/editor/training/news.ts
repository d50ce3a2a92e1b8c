import type { LogLevel } from '../../engine/engineProcess';
import type { TrainingReport } from '../../engine/training/protocol';
import { TrainingFailure } from '../../engine/training/training';
import type { Localiser } from '../localiser';
import type { Figures } from './figures';
import type { Refusal } from './ground';
import { outcomeSentence } from './outcome';
import type { Action, TrainingUi } from './ui';

/** What the writer is told of fine-tuning, each time with what can be done about it. */
export class TrainingNews {
  constructor(
    private readonly ui: TrainingUi,
    private readonly l10n: Localiser,
    private readonly figures: Figures,
    private readonly log: (level: LogLevel, message: string) => void,
  ) {}

  /** It cannot be done in this workspace. */
  refused({ message, remedy }: Refusal): void {
    this.ui.tell('warning', message, remedy === undefined ? [] : [this.command(remedy.title, remedy.command)]);
  }

  /** The documents do not suffice. @param reason says so */
  nothingToLearn(reason: string): void {
    this.ui.tell('warning', reason, [this.settings()]);
  }

  /** It was asked for while it goes on. @param line what it is doing */
  underWay(line: string, stop: () => unknown): void {
    const { l10n } = this;
    this.ui.tell('information', l10n.t('Fine-tuning is under way: {0}', line), [{ title: l10n.t('Stop…'), run: stop }]);
  }

  /** An earlier run ended with the editor. */
  cutOff(resume: () => unknown, leave: () => unknown): void {
    const { l10n } = this;
    this.ui.tell(
      'information',
      l10n.t(
        'Fine-tuning on this workspace was cut off when the editor closed. It can continue where it left off, if the documents are still the same.',
      ),
      [
        { title: l10n.t('Resume'), run: resume },
        { title: l10n.t('Do Not Resume'), run: leave },
      ],
    );
  }

  /** A run has come to its end. */
  ended(report: TrainingReport): void {
    const { l10n } = this;
    if (report.outcome === 'stopped-discarded') {
      this.nothingKept();
      return;
    }
    // Not opened by itself: who is writing meanwhile keeps the text in sight.
    this.ui.tell('information', outcomeSentence(report, l10n, this.figures), [
      this.command(l10n.t('Show Report'), 'planwright.showTrainingReport'),
    ]);
  }

  /** The writer stopped a run, and wanted nothing of it or there was nothing yet. */
  nothingKept(): void {
    const { l10n } = this;
    this.ui.note(l10n.t('fine-tuning was stopped; nothing of it was kept'));
  }

  /** The writer stopped a run that had been taken up before it came to a step of its own. */
  stillThere(): void {
    const { l10n } = this;
    this.ui.note(l10n.t('fine-tuning was stopped; what it had learnt before is kept, and it can still be resumed'));
  }

  /** It could not be done, or was ended from outside. */
  failed(error: Error, resume: () => unknown): void {
    const { l10n } = this;
    const code = error instanceof TrainingFailure ? error.code : 'failed';
    // What is none of our own errors may quote a document.
    this.log('warn', code === 'failed' ? 'Fine-tuning failed.' : `Fine-tuning: ${error.message}`);
    switch (code) {
      case 'stopped':
        // The window closes, or Planwright was turned off.
        return;
      case 'killed':
        this.ui.tell('warning', error.message, [{ title: l10n.t('Resume'), run: resume }, this.showLog()]);
        return;
      case 'no-text':
        this.nothingToLearn(error.message);
        return;
      case 'busy':
        this.ui.tell('warning', error.message);
        return;
      default:
        this.ui.tell('warning', error.message, [this.showLog()]);
    }
  }

  private showLog(): Action {
    const { l10n } = this;
    return this.command(l10n.t('Log'), 'planwright.showLog');
  }

  private settings(): Action {
    const { l10n } = this;
    return this.command(l10n.t('Settings'), 'workbench.action.openSettings', 'planwright.training');
  }

  private command(title: string, command: string, argument?: string): Action {
    return { title, run: () => this.ui.execute(command, argument) };
  }
}
