import type { Measures, Survey, TrainingProgress, TrainingReport } from '../training/jobTypes';
import { percent, table } from './style';

/** Where a run is, in a line. */
export function progressText({ phase, tokensPerSecond, loss, heldOutLoss, heldOutBefore }: TrainingProgress): string {
  if (phase !== 'training') return phase;
  const parts = [`${Math.round(tokensPerSecond)} tokens/s`];
  if (loss !== undefined) parts.push(`loss ${loss.toFixed(3)}`);
  if (heldOutBefore !== undefined)
    parts.push(`held out ${(heldOutLoss ?? heldOutBefore).toFixed(3)} (${heldOutBefore.toFixed(3)} before)`);
  return `training, ${parts.join(', ')}`;
}

export function surveyText(found: Survey): string {
  const left = Object.entries(found.skipped).map(([reason, count]) => `${count} ${reason}`);
  const lines = [
    `${found.documents} documents (${found.heldOutDocuments} held out), ${found.tokens} tokens`,
    ...(left.length > 0 ? [`left out: ${left.join(', ')}`] : []),
    // Why there can be none is said as the error that it is.
    ...(found.refusal === undefined
      ? [
          `${found.steps} steps with ${found.runtime} on ${found.device}, about ${Math.ceil(found.estimatedSeconds / 60)} minutes and ${(found.memoryBytes / 1e9).toFixed(1)} GB of memory`,
        ]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** What came of it. One that was ended early may have been the better one by then, or not. */
function outcomeText({ outcome, model }: TrainingReport): string {
  switch (outcome) {
    case 'adopted':
      return 'The tuned model is better and is kept.';
    case 'not-better':
      return 'The tuned model is not better: nothing is kept.';
    case 'stopped-kept':
      return model === undefined
        ? 'Ended early, and not better by then: nothing is kept.'
        : 'Ended early; the best so far is better and is kept.';
    case 'stopped-discarded':
      return 'Ended early; nothing is kept.';
  }
}

export function reportText(report: TrainingReport): string {
  const { before, after } = report;
  const share = (value: number | null | undefined): string =>
    value === null || value === undefined ? '–' : percent(value);
  const row = (name: string, pick: (measures: Measures) => string): string[] => [
    name,
    pick(before),
    after === undefined ? '–' : pick(after),
  ];
  const rows = [
    row('perplexity', (m) => m.perplexity.toFixed(2)),
    row('bits per character', (m) => m.bitsPerCharacter.toFixed(3)),
    row("planner's first guess right", (m) => share(m.plannerTop1)),
    row('among its first five', (m) => share(m.plannerTop5)),
    row('keys saved', (m) => share(m.keystrokeSavings)),
    row('suggestions accepted', (m) => share(m.precision)),
  ];
  const head = `${report.steps} steps, ${report.tokensSeen} tokens, ${Math.round(report.tokensPerSecond)} tokens/s, ${Math.round(report.seconds)} s`;
  return `${outcomeText(report)}\n${head}\n\n${table([['on held-out documents', 'before', 'after'], ...rows])}`;
}
