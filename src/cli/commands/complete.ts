import { Option, type Command } from 'commander';
import type { LabelSet } from '../../model/labels';
import type { CompletionResult } from '../../writing/complete';
import { STOP_RULES, type StopRule } from '../../writing/filters/stopRule';
import { GATES, type GateLevel } from '../../writing/gate';
import { reasonSentence } from '../../writing/reasons';
import { DocumentSession } from '../../writing/session';
import { wrongUse } from '../failure';
import { readInput, type Input } from '../input';
import { listOption } from '../listOption';
import { addModelOptions, withModel, type ModelOptions } from '../modelFolder';
import { decimal, integer } from '../numbers';
import { offsetAt, parsePosition } from '../position';
import { Progress } from '../progress';
import { json, type CompleteJson } from '../shapes';
import { oneLine, percent, plural, styleFor } from '../style';
import type { Terminal } from '../terminal';

interface CompleteCommandOptions extends ModelOptions {
  readonly at: string;
  readonly pin: readonly string[];
  readonly alternatives: number;
  readonly seed: number;
  readonly stop: StopRule;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topP: number;
  readonly gate: GateLevel;
  readonly json?: true;
  readonly verbose?: true;
}

/** Characters of the text around the cursor that are shown. */
const AROUND = 60;

export function completeCommand(program: Command, terminal: Terminal): void {
  addModelOptions(program.command('complete'))
    .description('continue the text at a position, following the plan')
    .argument('<file>', 'Markdown file; - reads standard input')
    .requiredOption('--at <line:col>', 'where to write: line and column, both from 1, columns in UTF-16 code units')
    .addOption(
      listOption(
        '--pin <label>',
        'the label that the sentence must follow, by name or number; again for each sentence after it',
      ),
    )
    .option('--alternatives <n>', 'how many completions, each following another label', integer(1, 10), 1)
    .option('--seed <n>', 'the same seed gives the same text', integer(0, 2 ** 32 - 1), 0)
    .addOption(new Option('--stop <rule>', 'how much to write').choices(STOP_RULES).default('sentence'))
    .option('--max-tokens <n>', 'at most this many tokens', integer(1, 4096), 48)
    .option('--temperature <t>', '0 takes the most probable token, 1 samples as the model learned', decimal(0, 5), 0)
    .option('--top-p <p>', 'sample from the most probable tokens that reach this share', decimal(0.01, 1), 0.95)
    .addOption(new Option('--gate <level>', 'how sure the model must be').choices(Object.keys(GATES)).default('open'))
    .option('--json', 'print JSON, for machines')
    .option('--verbose', 'say on standard error what is being done')
    .action(async (file: string, options: CompleteCommandOptions) => {
      const position = parsePosition(options.at);
      const input = await readInput(file, terminal);
      const offset = offsetAt(input.text, position, file);
      const progress = new Progress(terminal, options.verbose ?? false);
      const result = await withModel(options, (model) => {
        progress.note(`${model.config.name} on ${model.device.name}`);
        const pins = options.pin.map((label) => findLabel(model.labels, label));
        const { alternatives, seed, stop, maxTokens, temperature, topP, gate } = options;
        return new DocumentSession(model, input.text).complete(offset, {
          ...{ alternatives, seed, stop, maxTokens, temperature, topP, gate, pins },
        });
      });
      progress.clear();
      terminal.out(options.json ? json(shape(result)) : render(result, input, offset, terminal));
    });
}

function shape({ completions, reason, milliseconds }: CompletionResult): CompleteJson {
  return { completions, reason: reason?.kind ?? null, milliseconds };
}

/** @throws {CliFailure} where there is no such label, with those whose names hold the text */
function findLabel(labels: LabelSet, wanted: string): number {
  const label = labels.find(wanted);
  if (label) return label.id;
  const similar = labels.all
    .filter(({ name, terms }) => [name, ...terms].some((text) => text.toLowerCase().includes(wanted.toLowerCase())))
    .slice(0, 5);
  const hint =
    similar.length === 0
      ? `Labels are 0 to ${labels.count - 1}; "planwright model info --labels" lists their names.`
      : `Did you mean ${similar.map(({ id, name }) => `${id} (${name})`).join(', ')}?`;
  throw wrongUse(`There is no label "${wanted}". ${hint}`);
}

function render(
  { completions, reason, milliseconds }: CompletionResult,
  { text }: Input,
  offset: number,
  terminal: Terminal,
): string {
  const style = styleFor(terminal);
  const out: string[] = [];
  if (reason) out.push(reasonSentence(reason));
  const lineStart = Math.max(text.lastIndexOf('\n', offset - 1) + 1, offset - AROUND);
  const before = style.dim(
    `${lineStart > 0 && text[lineStart - 1] !== '\n' ? '…' : ''}${text.slice(lineStart, offset)}`,
  );
  const rest = /^[^\r\n]*/.exec(text.slice(offset))![0];
  const after = style.dim(`${/^\s+\S/.test(rest) ? ' ' : ''}${oneLine(rest, AROUND / 2)}`);
  for (const [i, completion] of completions.entries()) {
    if (completions.length > 1) out.push(style.dim(`${i + 1}`));
    out.push(`${before}${style.bold(completion.text)}${after}`);
    const labels = completion.labels
      .map(({ name, probability, pinned }) => `${style.label(name)} ${percent(probability)}${pinned ? ', pinned' : ''}`)
      .join(' → ');
    const sure = `confidence ${percent(completion.confidence)}`;
    out.push(`    ${labels === '' ? '' : `${labels}  `}${style.dim(`${sure}, ${plural(completion.tokens, 'token')}`)}`);
    out.push('');
  }
  const times = `plan ${milliseconds.plan.toFixed(0)} ms, ${milliseconds.first === null ? '' : `first token ${milliseconds.first.toFixed(0)} ms, `}in all ${milliseconds.total.toFixed(0)} ms`;
  out.push(style.dim(times));
  return `${out.join('\n')}\n`;
}
