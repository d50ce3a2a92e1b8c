import { EngineCancelled } from '../../engine/engine';
import type { JobOptions, Survey, TrainingMode } from '../../engine/training/protocol';
import type { Training } from '../../engine/training/training';
import type { Localiser } from '../localiser';
import type { Figures } from './figures';
import { noteGpuFailure, type GpuWitness } from './gpuFailure';
import type { WorkspaceModels } from './models';
import type { TrainingNews } from './news';
import type { Pauses } from './pauses';
import { startQuestion } from './question';
import type { TrainingUi } from './ui';
import type { Unfinished } from './unfinished';

export interface AgreementParts extends GpuWitness {
  readonly training: Training;
  readonly models: WorkspaceModels;
  readonly pauses: Pick<Pauses, 'rest'>;
  readonly ui: TrainingUi;
  readonly news: TrainingNews;
  readonly unfinished: Unfinished;
  /** `begunOn`: where a run was begun that is to be taken up. */
  readonly options: (
    folders: readonly string[],
    mode: TrainingMode,
    again: boolean,
    begunOn?: JobOptions['device'],
  ) => Promise<JobOptions>;
  /** What the writer calls the workspace. */
  readonly workspaceName: () => string;
  readonly l10n: Localiser;
  readonly figures: Figures;
}

/** What is wanted: from the starter or from the workspace's model, with a question first or taken up where it was cut off. */
export interface Wish {
  readonly again: boolean;
  readonly resume?: boolean;
}

/** What would be learnt from, and how. */
interface Look {
  readonly options: JobOptions;
  readonly survey: Survey;
}

/** What a run is to be, as the writer agrees to it: looks through the documents, then asks. */
export class Agreement {
  /** Ends the look through the documents. */
  private looking: AbortController | undefined;

  constructor(private readonly parts: AgreementParts) {}

  /** Ends a look that is under way: {@link reach} rejects as cancelled. */
  giveUp(): void {
    this.looking?.abort();
  }

  /** @returns what is to be run; undefined where nothing is */
  async reach(folders: readonly string[], { again, resume }: Wish): Promise<JobOptions | undefined> {
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
        // The key that is struck next is not to be the answer.
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
      if (!noteGpuFailure(this.parts, first, error)) throw error;
      const options = await usual();
      if (options.device === first.device) throw error;
      return { options, survey: await training.survey(options, signal) };
    }
  }
}
