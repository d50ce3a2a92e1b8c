import { expect, it } from 'vitest';
import { reportText } from '../../../src/cli/trainingText';
import type { Measures, TrainingReport } from '../../../src/training/jobTypes';

const MEASURES: Measures = {
  perplexity: 30,
  bitsPerCharacter: 1.2,
  plannerTop1: 0.1,
  plannerTop5: 0.3,
  keystrokeSavings: null,
  precision: null,
};

const REPORT: TrainingReport = {
  outcome: 'adopted',
  model: 'a',
  mode: 'full',
  finishedAt: '2025-01-01T00:00:00.000Z',
  seconds: 60,
  steps: 12,
  tokensSeen: 12_000,
  tokensPerSecond: 200,
  documents: 14,
  heldOutDocuments: 2,
  before: MEASURES,
  after: { ...MEASURES, perplexity: 20 },
  curve: [],
  examples: [],
};

it.each([
  ['adopted', 'a', /^The tuned model is better and is kept\.$/],
  ['not-better', undefined, /not better: nothing is kept/],
  ['stopped-kept', 'a', /^Ended early; the best so far is better and is kept\.$/],
  ['stopped-kept', undefined, /^Ended early, and not better by then: nothing is kept\.$/],
  ['stopped-discarded', undefined, /^Ended early; nothing is kept\.$/],
] as const)('tells what is kept of a run that is %s with the model %s', (outcome, model, sentence) => {
  expect(reportText({ ...REPORT, outcome, model }).split('\n')[0]).toMatch(sentence);
});

it('has both models in its table', () => {
  expect(reportText(REPORT)).toMatch(/perplexity +30\.00 +20\.00/);
  expect(reportText({ ...REPORT, after: undefined })).toMatch(/perplexity +30\.00 +–/);
});
