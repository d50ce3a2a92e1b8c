import type { ModelConfig } from '../model/config';
import type { JobControl, JobOptions, TrainingReport } from './jobTypes';
import { judge, judgeCandidate, type Judgement, type JudgeOptions, type Yardstick } from './judge';
import type { ModelCard } from './modelCard';
import type { Origin, WorkspaceStore } from './store';
import type { Tuned } from './tune';

/** What came of a run: a part of its report. */
export type Outcome = Pick<TrainingReport, 'outcome' | 'model' | 'after' | 'examples'>;

/** What a tuned model is compared with and how it would be kept. */
export interface Contest {
  readonly options: Pick<JobOptions, 'baseFolder' | 'threads'>;
  readonly control: JobControl;
  readonly store: WorkspaceStore;
  /** Throws once another process has taken the store's lock. */
  readonly assertHeld: () => void;
  readonly yardstick: Yardstick;
  /** How the model does that is to be bettered. */
  readonly before: Judgement;
  readonly config: ModelConfig;
  readonly card: Pick<ModelCard, 'mode' | 'base'>;
  readonly origin: Origin;
  /** For the comparison of a run that came to its end. */
  readonly measuring: JudgeOptions;
}

/** Whether nothing of the run is to remain. A call: the answer may change while one waits. */
export function isDiscarded({ signal, onStop }: JobControl): boolean {
  return signal.aborted && onStop === 'discard';
}

/** Compares the tuned weights, if there are any, with what they are to better, and adopts them where they are better. @throws {TrainingError} kind 'disk' */
export async function settle({ result, candidate }: Tuned, contest: Contest): Promise<Outcome> {
  const { options, control, store, yardstick, before, config } = contest;
  if (isDiscarded(control)) return nothing('stopped-discarded');
  const notUsed = result.stopped ? 'stopped-kept' : 'not-better';
  if (candidate === undefined) return nothing(notUsed);
  const { tensors, lowRank } = candidate;
  const card = { ...contest.card, lowRank, createdAt: new Date().toISOString(), before: before.measures };
  const after = await judgeCandidate(
    {
      folder: store.trainingFolder,
      base: options.baseFolder,
      card: { ...card, after: before.measures },
      config,
      tensors,
    },
    options.threads === undefined ? {} : { threads: options.threads },
    async (tuned) => {
      if (result.stopped) return judge(tuned, yardstick, { quick: true });
      return judge(tuned, yardstick, contest.measuring).catch((error: unknown) => {
        if (control.signal.aborted) return isDiscarded(control) ? undefined : judge(tuned, yardstick, { quick: true });
        throw error;
      });
    },
  );
  if (after === undefined || isDiscarded(control)) return nothing('stopped-discarded');
  const { measures } = after;
  const examples = yardstick.places.flatMap(({ prompt, truth }, i) => {
    const written = after.written[i];
    return written === undefined ? [] : [{ prompt, truth, before: before.written[i]!, after: written }];
  });
  if (!(measures.perplexity < before.measures.perplexity)) {
    return { outcome: notUsed, model: undefined, after: measures, examples };
  }
  contest.assertHeld();
  const adopted = await store.adopt({ ...card, after: measures }, config, tensors, contest.origin);
  return { outcome: result.stopped ? 'stopped-kept' : 'adopted', model: adopted.id, after: measures, examples };
}

function nothing(outcome: Outcome['outcome']): Outcome {
  return { outcome, model: undefined, after: undefined, examples: [] };
}
