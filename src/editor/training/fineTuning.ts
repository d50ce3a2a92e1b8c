import { EngineCancelled } from '../../engine/engine';
import type { JobOptions, TrainingReport } from '../../engine/training/protocol';
import { TrainingFailure, type TrainingRun } from '../../engine/training/training';
import { Signal } from '../signal';
import { Agreement, type AgreementParts, type Wish } from './agreement';
import { noteGpuFailure } from './gpuFailure';
import type { Ground } from './ground';
import { isUsed } from './outcome';
import type { Pauses } from './pauses';
import { progressWords, type ProgressWords } from './progressWords';
import { stopQuestion } from './question';
import { shareDone, type Running, type TrainingState } from './trainingState';
import type { UnfinishedRun } from './unfinished';

export interface FineTuningParts extends AgreementParts {
  readonly pauses: Pauses;
  /** Asked for anew each time. */
  readonly ground: () => Ground;
}

/** After these a checkpoint is there to go on from. */
const RESUMABLE: readonly string[] = ['killed', 'stopped', 'disk'];

/** Fine-tuning in this window, from the question to the report: one run at a time. */
export class FineTuning {
  readonly changed = new Signal<void>();
  private current: TrainingState = { kind: 'idle' };
  private run: TrainingRun | undefined;
  private readonly agreement: Agreement;
  /** Resolves when what goes on is over. */
  private over: Promise<void> = Promise.resolve();
  private isAskingToStop = false;
  private report: TrainingReport | undefined;

  constructor(private readonly parts: FineTuningParts) {
    this.agreement = new Agreement(parts);
  }

  get state(): TrainingState {
    return this.current;
  }

  /** The last run's report in this window. */
  get lastReport(): TrainingReport | undefined {
    return this.report;
  }

  /** What runs, in words; undefined where nothing does. */
  get words(): ProgressWords | undefined {
    const { l10n, figures } = this.parts;
    return this.current.kind === 'running' ? progressWords(this.current, l10n, figures) : undefined;
  }

  /** Fine-tunes, once the writer has seen what that means and agreed. Resolves when it is over; never rejects. */
  start(wish: Wish): Promise<void> {
    if (this.current.kind !== 'idle') {
      // While it asks, the question itself is on the screen.
      if (this.words !== undefined) this.parts.news.underWay(this.words.line, () => this.stop());
      return Promise.resolve();
    }
    this.over = this.whole(wish);
    return this.over;
  }

  /** Asks whether to keep or to discard what was learnt, and stops accordingly. */
  async stop(): Promise<void> {
    const { ui, l10n } = this.parts;
    const { words, run } = this;
    if (words === undefined || run === undefined) {
      ui.note(l10n.t('nothing is being fine-tuned'));
      return;
    }
    if (this.isAskingToStop) return;
    this.isAskingToStop = true;
    const answer = await ui.ask(stopQuestion(words.line, l10n)).finally(() => (this.isAskingToStop = false));
    // It may have ended while the question stood there.
    if (answer === undefined || this.run !== run) return;
    this.update({ stopping: answer });
    run.stop(answer === 'keep');
  }

  /** Ends what runs without a question, and waits for a run's end; its checkpoint is kept. */
  async end(): Promise<void> {
    const { run, over } = this;
    this.agreement.giveUp();
    run?.kill();
    if (run) await over;
  }

  /** Ends a run, and forgets it and the last report: what was learnt is to be deleted. */
  async abandon(): Promise<void> {
    await this.end();
    this.parts.unfinished.forget();
    this.report = undefined;
  }

  /** Offers to take up a run that was cut off when the editor was closed or killed. */
  offerToResume(): void {
    const { news, unfinished, ground } = this.parts;
    const left = unfinished.ofAnEndedEditor();
    if (left === undefined || ground().kind === 'refused') return;
    news.cutOff(
      () => this.start({ again: left.again, resume: true }),
      () => this.leave(),
    );
  }

  /** A run is not to be taken up again: what it left to go on from, which is large, is deleted. */
  private async leave(): Promise<void> {
    const { unfinished, training, models, log } = this.parts;
    unfinished.forget();
    if (models.place === undefined) return;
    await training.discard(models.place).catch((error: unknown) => log('warn', (error as Error).message));
  }

  private async whole(wish: Wish): Promise<void> {
    const { ground, news, unfinished } = this.parts;
    const place = ground();
    if (place.kind === 'refused') {
      news.refused(place.refusal);
      return;
    }
    this.become({ kind: 'asking' });
    try {
      const options = await this.agreement.reach(place.folders, wish);
      if (options === undefined) return;
      // It may have been turned off while the question stood there.
      const then = ground();
      if (then.kind === 'refused') news.refused(then.refusal);
      else await this.train(options);
    } catch (error) {
      if (error instanceof EngineCancelled) return;
      news.failed(error as Error, () => this.start({ again: unfinished.run?.again === true, resume: true }));
    } finally {
      this.become({ kind: 'idle' });
    }
  }

  private async train(options: JobOptions): Promise<void> {
    const { training, models, pauses, news, unfinished, log } = this.parts;
    const { mode, device } = options;
    const left: UnfinishedRun = { mode, device, again: options.again === true };
    this.become({ kind: 'running', progress: undefined, paused: undefined, stopping: undefined });
    let isUnderWay = false as boolean;
    const run = training.run(options, (progress) => {
      // Its first word means that no other window is at it.
      if (!isUnderWay) unfinished.begin(left);
      isUnderWay = true;
      this.update({ progress });
    });
    this.run = run;
    pauses.begin((reason) => {
      if (reason === undefined) run.resume();
      else run.pause(reason);
      this.update({ paused: reason });
    });
    const stopping = () => (this.current.kind === 'running' ? this.current.stopping : undefined);
    try {
      const report = await this.accompany(run);
      unfinished.forget();
      log(
        'info',
        `Fine-tuning ended: ${report.outcome} after ${report.steps} steps in ${Math.round(report.seconds)} s.`,
      );
      if (isUsed(report)) models.replaced();
      if (report.outcome !== 'stopped-discarded') this.report = report;
      news.ended(report);
    } catch (error) {
      const isEnded = error instanceof EngineCancelled;
      // Of a run that was taken up, what it had learnt before is still there.
      const isLeft = isEnded && options.resume === true && stopping() !== 'discard';
      if (isLeft) news.stillThere();
      else if (isEnded) news.nothingKept();
      noteGpuFailure(this.parts, options, error);
      const isResumable = isLeft || (error instanceof TrainingFailure && RESUMABLE.includes(error.code));
      if (isUnderWay && !isResumable) await this.leave();
      throw error;
    } finally {
      pauses.end();
    }
  }

  /** Shows progress to the end. Its cancel button asks how to stop, and lets it go on where the writer thinks better of it. */
  private async accompany(run: TrainingRun): Promise<TrainingReport> {
    const { ui, l10n } = this.parts;
    const end = (): void => (this.run = undefined);
    const ended = run.report.then(end, end);
    const listen = (show: (line: { line: string; share: number | undefined }) => void) => {
      const tell = (): void => {
        if (this.current.kind !== 'running') return;
        show({ line: this.words?.line ?? '', share: shareDone(this.current) });
      };
      tell();
      return this.changed.listen(tell);
    };
    while ((await ui.watch(l10n.t('Planwright is fine-tuning'), listen, ended)) === 'cancelled') await this.stop();
    return run.report;
  }

  private update(part: Partial<Omit<Running, 'kind'>>): void {
    if (this.current.kind === 'running') this.become({ ...this.current, ...part });
  }

  private become(state: TrainingState): void {
    this.current = state;
    this.changed.emit();
  }
}
