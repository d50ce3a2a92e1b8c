import { InvalidArgumentError, Option, type Command } from 'commander';
import { CONDITIONINGS, type Conditioning } from '../../model/conditioning';
import { evaluate, type EvaluationRow } from '../../writing/evaluation';
import { GATES, type GateLevel } from '../../writing/gate';
import { couldNot } from '../failure';
import { readInput, type Input } from '../input';
import { addModelOptions, withModel, type ModelOptions } from '../modelFolder';
import { integer } from '../numbers';
import { Progress } from '../progress';
import { json } from '../shapes';
import { percent, plural, styleFor, table } from '../style';
import type { Terminal } from '../terminal';

interface EvaluateCommandOptions extends ModelOptions {
  readonly rows: readonly Conditioning[];
  readonly maxTokens?: number;
  readonly keystrokes?: number | true;
  readonly ask: 'word' | 'character';
  readonly memory: boolean;
  readonly gate: GateLevel;
  readonly seed: number;
  readonly json?: true;
  readonly verbose?: true;
}

/** Sentences per file that are typed again, unless told. */
const SPANS = 8;

export function evaluateCommand(program: Command, terminal: Terminal): void {
  addModelOptions(program.command('evaluate'))
    .description(
      'measure how well the model predicts texts: perplexity, bits per character, planner accuracy, keys saved',
    )
    .argument('<files...>', 'Markdown files; - reads standard input')
    .addOption(
      new Option('--rows <rows>', `what the LM is told, of ${CONDITIONINGS.join(',')}`)
        .argParser(parseRows)
        .default(CONDITIONINGS, 'all of them'),
    )
    .option('--max-tokens <n>', 'predict at most this many tokens per row', integer(1))
    .option(
      '--keystrokes [sentences]',
      `also type so many sentences of each file with suggestions (default: ${SPANS})`,
      integer(1),
    )
    .addOption(
      new Option('--gate <level>', 'how sure a suggestion must be').choices(Object.keys(GATES)).default('balanced'),
    )
    .addOption(
      new Option(
        '--ask <where>',
        'where a suggestion is asked for: at the start of words, or after every character as the editor does',
      )
        .choices(['word', 'character'])
        .default('word'),
    )
    .option('--no-memory', 'suggest without what the document has said before')
    .option('--seed <n>', 'draws the sentences that are typed', integer(0, 2 ** 32 - 1), 0)
    .option('--json', 'print JSON, for machines')
    .option('--verbose', 'say on standard error what is being done')
    .action(async (files: string[], options: EvaluateCommandOptions) => {
      const inputs: Input[] = [];
      for (const file of files) inputs.push(await readInput(file, terminal));
      const texts = inputs.map(({ text }) => text);
      if (texts.every((text) => text === '')) throw couldNot('There is nothing to evaluate: the files are empty.');
      const progress = new Progress(terminal, options.verbose ?? false);
      const { rows, heading } = await withModel(options, async (model) => ({
        heading: `${model.config.name} on ${model.device.name}`,
        rows: await evaluate(model, texts, {
          rows: options.rows,
          ...(options.maxTokens !== undefined && { maxTokens: options.maxTokens }),
          ...(options.keystrokes !== undefined && {
            keystrokes: {
              spans: options.keystrokes === true ? SPANS : options.keystrokes,
              ask: options.ask,
              gate: options.gate,
              memory: options.memory,
              seed: options.seed,
            },
          }),
          onProgress: (what, done, total) => progress.report(`Evaluating (${what})`, done, total),
        }),
      }));
      progress.clear();
      terminal.out(options.json ? json(rows) : render(rows, heading, inputs, options, terminal));
    });
}

function parseRows(value: string): readonly Conditioning[] {
  const rows = value.split(',').map((row) => row.trim());
  return [...new Set(rows)].map((row) => {
    const known = CONDITIONINGS.find((conditioning) => conditioning === row);
    if (known === undefined)
      throw new InvalidArgumentError(`"${row}" is not a row. Rows are ${CONDITIONINGS.join(', ')}.`);
    return known;
  });
}

function render(
  rows: readonly EvaluationRow[],
  heading: string,
  inputs: readonly Input[],
  options: EvaluateCommandOptions,
  terminal: Terminal,
): string {
  const style = styleFor(terminal);
  const keystrokes = options.keystrokes !== undefined;
  const share = (value: number | null): string => (value === null ? '–' : percent(value));
  const cells = rows.map((row) => [
    row.row,
    row.perplexity.toFixed(2),
    row.bitsPerCharacter.toFixed(3),
    `${row.tokens}`,
    share(row.plannerTop1),
    share(row.plannerTop5),
    ...(keystrokes ? [share(row.keystrokeSavings), share(row.precision)] : []),
  ]);
  const names = [
    'row',
    'perplexity',
    'bits/char',
    'tokens',
    'top 1',
    'top 5',
    ...(keystrokes ? ['keys saved', 'precision'] : []),
  ];
  const [head, ...body] = table([names, ...cells]).split('\n');
  return `${style.bold(heading)}  ${style.dim(plural(inputs.length, 'file'))}\n\n${style.bold(head!)}\n${body.join('\n')}`;
}
