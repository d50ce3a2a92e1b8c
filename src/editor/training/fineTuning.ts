import { EngineCancelled } from '../../engine/engine';
import type { LogLevel } from '../../engine/engineProcess';
import type { JobOptions, Survey, TrainingMode, TrainingReport } from '../../engine/training/protocol';
import { TrainingFailure, type Training, type TrainingRun } from '../../engine/training/training';
import type { Localiser } from '../localiser';
import { Signal } from '../signal';
import type { Figures } from './figures';
import type { Ground } from './ground';
import type { WorkspaceModels } from './models';
import type { TrainingNews } from './news';
import { isUsed } from './outcome';
import type { Pauses } from './pauses';
import { progressWords, type ProgressWords } from './progressWords';
import { startQuestion, stopQuestion } from './question';
import { shareDone, type Running, type TrainingState } from './trainingState';
import type { TrainingUi } from './ui';
import type { Unfinished, UnfinishedRun } from './unfinished';

export interface FineTuningParts {
  readonly training: Training;
  readonly models: WorkspaceModels;
  readonly pauses: Pauses;
  readonly ui: TrainingUi;
  readonly news: TrainingNews;
  readonly unfinished: Unfinished;
  /** Asked for anew each time. */
  readonly ground: () => Ground;
  /** `begunOn`: where a run was begun that is to be taken up. */
  readonly options: (
    folders: readonly string[],
    mode: TrainingMode,
    again: boolean,
    begunOn?: JobOptions['device'],
  ) => Promise<JobOptions>;
  /** Told when something failed on the GPU, and perhaps because of it: the options may name another device from then on. */
  readonly gpuFailed: () => void;
  /** What the writer calls the workspace. */
  readonly workspaceName: () => string;
  readonly l10n: Localiser;
  readonly figures: Figures;
  readonly log: (level: LogLevel, message: string) => void;
}

/** What is wanted: from the starter or from the workspace's model, with a question first or taken up where it was cut off. */
export interface Wish {
  readonly again: boolean;
  readonly resume?: boolean;
}

/** After these a checkpoint is there to go on from. */
const RESUMABLE: readonly string[] = ['killed', 'stopped', 'disk'];

/** After these it may have been the device. */
const PERHAPS_THE_DEVICE: readonly string[] = ['killed', 'failed', 'diverged'];

/** What would be learnt from, and how. */
interface Look {
  readonly options: JobOptions;
  readonly survey: Survey;
}

/** Fine-tuning in this window, from the question to the report: one run at a time. */
export class FineTuning {
  readonly changed = new Signal<void>();
  private current: TrainingState = { kind: 'idle' };
  private run: TrainingRun | undefined;
  /** Ends the look through the documents. */
  private looking: AbortController | undefined;
  /** Resolves when what goes on is over. */
  private over: Promise<void> = Promise.resolve();
  private isAskingToStop = false;
  private report: TrainingReport | undefined;

  constructor(private readonly parts: FineTuningParts) {}

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
    this.looking?.abort();
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
      const options = await this.agree(place.folders, wish);
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

  /** Looks through the documents and asks. Undefined: there is to be no run. */
  private async agree(folders: readonly string[], { again, resume }: Wish): Promise<JobOptions | undefined> {
    const { models, pauses, ui, news, unfinished, l10n, figures, options, workspaceName } = this.parts;
    const look = async (signal: AbortSignal) => {
      const model = again ? (await models.look())?.model : undefined;
      const base = model?.mode;
      // A run that was cut off is the same one only with what it was begun with.
      const left = unfinished.run?.again === (base !== undefined) ? unfinished.run : undefined;
      const mode = left?.mode ?? base ?? 'full';
      const usual = () => options(folders, mode, base !== undefined);
      const asLeft = await options(folders, mode, base !== undefined, left?.device);
      let found = await this.look(asLeft, usual, signal).catch((error: unknown) => {
        // Perhaps it was the device; without what is remembered the next look finds out.
        if (left !== undefined && !(error instanceof EngineCancelled)) unfinished.forget();
        throw error;
      });
      const resumes = left !== undefined && found.survey.resumable;
      if (left !== undefined && !resumes) {
        const anew = await usual();
        if (anew.device !== found.options.device) found = await this.look(anew, usual, signal);
      }
      return { base, proposed: found.options, survey: found.survey, resumes };
    };
    const looking = (this.looking = new AbortController());
    const { base, proposed, survey, resumes } = await ui.during(
      l10n.t('Planwright: looking through your documents'),
      async (cancelled) => {
        const signal = AbortSignal.any([cancelled, looking.signal]);
        const found = await look(signal);
        await pauses.rest(signal);
        if (signal.aborted) throw new EngineCancelled();
        return found;
      },
    );
    if (survey.refusal !== undefined) {
      news.nothingToLearn(survey.refusal);
      return undefined;
    }
    const resumed = { ...proposed, resume: true };
    if (resume === true && resumes) return resumed;
    const chosen = await ui.ask(
      startQuestion(
        {
          survey,
          workspace: workspaceName(),
          store: models.place?.store ?? '',
          again: base,
          unfinished: resumes ? proposed.mode : undefined,
        },
        l10n,
        figures,
      ),
    );
    if (chosen === undefined) return undefined;
    // On the device that the question named, whatever is known of another by now.
    if (!resumes) return { ...proposed, mode: chosen };
    return chosen === proposed.mode ? resumed : options(folders, chosen, base !== undefined);
  }

  /** Looks through the documents; where that fails on the GPU, once more with what the options are then. */
  private async look(first: JobOptions, usual: () => Promise<JobOptions>, signal: AbortSignal): Promise<Look> {
    const { training } = this.parts;
    try {
      return { options: first, survey: await training.survey(first, signal) };
    } catch (error) {
      if (!this.blame(first, error)) throw error;
      const options = await usual();
      if (options.device === first.device) throw error;
      return { options, survey: await training.survey(options, signal) };
    }
  }

  /** Whether it may be the GPU that failed; this is noted then. */
  private blame({ device }: JobOptions, error: unknown): boolean {
    const { log, gpuFailed } = this.parts;
    if (device !== 'webgpu' || !(error instanceof TrainingFailure) || !PERHAPS_THE_DEVICE.includes(error.code)) {
      return false;
    }
    log('warn', `Fine-tuning on the GPU failed (${error.code}).`);
    gpuFailed();
    return true;
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
      this.blame(options, error);
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
