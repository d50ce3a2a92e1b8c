import type { Measures, ReportExample, TrainingReport } from '../../engine/training/protocol';
import { plain, table } from '../hover/markdown';
import type { Localiser } from '../localiser';
import { curveSvg, dataAddress } from './curve';
import type { Figures } from './figures';
import { outcomeSentence } from './outcome';

/** Of what stands before an example, the last so many characters are shown. */
const PROMPT_SHOWN = 400;

/** The report of a run as Markdown. Holds text of the held-out documents: it is shown, and never logged. */
export function trainingReport(report: TrainingReport, l10n: Localiser, figures: Figures): string {
  return [
    `# ${l10n.t('Fine-tuning Report')}`,
    `**${outcomeSentence(report, l10n, figures)}**`,
    ...measures(report, l10n, figures),
    ...curve(report, l10n, figures),
    ...examples(report.examples, l10n),
    ...theRun(report, l10n, figures),
    l10n.t(
      '“Planwright: Switch Between Bundled and Workspace Model” lets you compare; “Planwright: Forget This Workspace’s Model” deletes everything that was learnt.',
    ),
    '',
  ].join('\n\n');
}

function measures({ before, after }: TrainingReport, l10n: Localiser, figures: Figures): string[] {
  if (after === undefined) return [];
  const { decimal } = figures;
  const share = (value: number): string => `${decimal(100 * value, 1)}\u00a0%`;
  const rows: readonly (readonly [string, keyof Measures, (value: number) => string])[] = [
    [l10n.t('Perplexity per token (lower is better)'), 'perplexity', (value) => decimal(value, 2)],
    [l10n.t('Bits per character (lower is better)'), 'bitsPerCharacter', (value) => decimal(value, 3)],
    [l10n.t('Planner: the label is its first guess'), 'plannerTop1', share],
    [l10n.t('Planner: the label is among its first five'), 'plannerTop5', share],
    [l10n.t('Keystrokes saved by suggestions'), 'keystrokeSavings', share],
    [l10n.t('Suggestions that a writer would take'), 'precision', share],
  ];
  const shown = rows.flatMap(([name, key, show]) => {
    const [was, is] = [before[key], after[key]];
    // A measure that was not taken is no row.
    if (was === null || is === null) return [];
    return [[name, plain(show(was)), plain(show(is)), plain(change(was, is, figures))]];
  });
  return [
    `## ${l10n.t('On held-out documents, before → after')}`,
    table([l10n.t('measure'), l10n.t('before'), l10n.t('after'), l10n.t('change')], shown, [1, 2, 3]),
  ];
}

/** How much more or less, relative to what was. */
function change(was: number, is: number, { decimal }: Figures): string {
  if (was === 0) return '–';
  const share = (100 * (is - was)) / was;
  return `${share < 0 ? '−' : '+'}${decimal(Math.abs(share), 1)}\u00a0%`;
}

function curve({ curve: points }: TrainingReport, l10n: Localiser, figures: Figures): string[] {
  if (points.length < 2) return [];
  const { decimal, count } = figures;
  const words = {
    training: l10n.t('training text'),
    heldOut: l10n.t('held-out documents'),
    steps: l10n.t('steps'),
    loss: l10n.t('loss (nats per token)'),
  };
  const [first, last] = [points[0]!, points.at(-1)!];
  const held = points.flatMap(({ heldOut }) => (heldOut === undefined ? [] : [heldOut]));
  const spoken = [
    l10n.t(
      'Over {0} steps the loss went from {1} to {2} on the training text',
      count(last.step),
      decimal(first.loss, 3),
      decimal(last.loss, 3),
    ),
    ...(held.length < 2
      ? []
      : [
          l10n.t(
            'and from {0} to {1} on held-out documents, at best {2}',
            decimal(held[0]!, 3),
            decimal(held.at(-1)!, 3),
            decimal(Math.min(...held), 3),
          ),
        ]),
  ].join(' ');
  const address = dataAddress(curveSvg(points, words, figures));
  return [`## ${l10n.t('Loss')}`, `![${plain(spoken)}](${address})`, `${spoken}.`];
}

function examples(list: readonly ReportExample[], l10n: Localiser): string[] {
  if (list.length === 0) return [];
  return [
    `## ${l10n.t('How held-out documents are continued')}`,
    ...list.flatMap(({ prompt, truth, before, after }, n) => [
      `### ${n + 1}`,
      `> ${plain(tail(prompt))} …`,
      table(
        [l10n.t('who'), l10n.t('continues')],
        [
          [l10n.t('before'), said(before)],
          [l10n.t('after'), said(after)],
          [l10n.t('author'), said(truth)],
        ],
        [],
      ),
    ]),
  ];
}

function tail(text: string): string {
  return text.length > PROMPT_SHOWN ? `… ${text.slice(-PROMPT_SHOWN)}` : text;
}

function said(text: string): string {
  return text.trim() === '' ? '–' : plain(text.trim());
}

function theRun(report: TrainingReport, l10n: Localiser, { count, duration, moment }: Figures): string[] {
  const { mode, finishedAt, steps, seconds, tokensSeen, tokensPerSecond, documents, heldOutDocuments } = report;
  const rows = [
    [l10n.t('Finished'), moment(finishedAt)],
    [l10n.t('Mode'), mode === 'full' ? l10n.t('full') : l10n.t('light')],
    [l10n.t('Documents'), l10n.t('{0}, of which {1} held out', count(documents), count(heldOutDocuments))],
    [l10n.t('Steps'), count(steps)],
    [l10n.t('Tokens seen'), count(tokensSeen)],
    [l10n.t('Time'), l10n.t('{0} ({1} tokens/s)', duration(seconds), count(tokensPerSecond))],
  ];
  return [
    `## ${l10n.t('The run')}`,
    table(
      ['', ''],
      rows.map(([name, value]) => [name!, plain(value!)]),
      [],
    ),
  ];
}
