import { getPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ModelError } from '../../../../src/model/errors';
import { TrainingError } from '../../../../src/training/errors';
import type { JobControl, JobOptions, Survey, TrainingReport } from '../../../../src/training/jobTypes';
import { withStoreLock } from '../../../../src/training/storeLock';

/*
 * Stands in for the job when the training program is built for tests: everything around it is the real thing. What it does is said by the first of
 * the folders that it is to learn from.
 */

const REPORT: TrainingReport = {
  outcome: 'adopted',
  model: 'm1',
  mode: 'full',
  finishedAt: '2026-03-01T10:00:00.000Z',
  seconds: 1,
  steps: 0,
  tokensSeen: 0,
  tokensPerSecond: 0,
  documents: 1,
  heldOutDocuments: 1,
  before: {
    perplexity: 2,
    bitsPerCharacter: 1,
    plannerTop1: null,
    plannerTop5: null,
    keystrokeSavings: null,
    precision: null,
  },
  after: undefined,
  curve: [],
  examples: [{ prompt: 'A secret of the writer', truth: '', before: '', after: '' }],
};

export async function survey({ folders }: JobOptions, signal?: AbortSignal): Promise<Survey> {
  switch (folders[0]?.path) {
    case 'slow':
      while (!signal?.aborted) await sleep(10);
      throw signal.reason;
    case 'broken model':
      throw new ModelError('missing', '/starter/config.json', 'it is missing');
    case 'odd':
      throw new Error('Something odd happened with A secret of the writer');
    default:
      return {
        // What the test wants to know of this process.
        documents: getPriority(),
        heldOutDocuments: process.pid,
        tokens: 1,
        characters: 1,
        skipped: { ignored: 1 },
        device: process.env.ORT_DISABLE_TELEMETRY ?? '',
        runtime: process.execArgv.join(' '),
        steps: 1,
        estimatedSeconds: 1,
        memoryBytes: 1,
        resumable: false,
        changedSince: undefined,
        refusal: undefined,
      };
  }
}

/** Makes a step every few milliseconds until it is told to stop; waits while it is paused. */
export async function fineTune(options: JobOptions, control: JobControl): Promise<TrainingReport> {
  const what = options.folders[0]?.path;
  if (what === 'diverging') throw new TrainingError('diverged', 'The loss is no longer a number.');
  if (what === 'crashing') process.abort();
  return withStoreLock(options.storeFolder, async () => {
    for (let step = 0; !control.signal.aborted; step++) {
      await sleep(5);
      control.onProgress({
        phase: 'training',
        step,
        steps: 1000,
        tokensPerSecond: process.pid,
        loss: 3,
        heldOutLoss: undefined,
        heldOutBefore: undefined,
        secondsLeft: undefined,
        paused: control.paused(),
      });
      // As a step does that computes without a break.
      if (what === 'busy') for (const end = Date.now() + 20; Date.now() < end;);
    }
    return { ...REPORT, outcome: control.onStop === 'keep' ? 'stopped-kept' : 'stopped-discarded' };
  });
}
