import type { Command } from 'commander';
import type { PlannerLM } from '../../model/plannerLm';
import { DocumentSession } from '../../writing/session';
import { isSurprising } from '../../writing/surprisal';
import { readInput, type Input } from '../input';
import { addModelOptions, withModel, type ModelOptions } from '../modelFolder';
import { paragraphsOf } from '../paragraphs';
import { linesOf } from '../position';
import { Progress } from '../progress';
import { json, named, type LabelProbabilityJson, type PlanJson, type UnitJson } from '../shapes';
import { oneLine, percent, plural, styleFor, type Style } from '../style';
import type { Terminal } from '../terminal';

interface PlanCommandOptions extends ModelOptions {
  readonly json?: true;
  readonly verbose?: true;
}

/** Labels listed per unit: in JSON, and for people. */
const LISTED = 5;
const SHOWN = 3;

export function planCommand(program: Command, terminal: Terminal): void {
  addModelOptions(program.command('plan'))
    .description('show what each sentence does, what the plan expected of it, and what may come next')
    .argument('<file>', 'Markdown file; - reads standard input')
    .option('--json', 'print JSON, for machines')
    .option('--verbose', 'say on standard error what is being done')
    .action(async (file: string, options: PlanCommandOptions) => {
      const input = await readInput(file, terminal);
      const progress = new Progress(terminal, options.verbose ?? false);
      const plan = await withModel(options, (model) => planOf(model, input, progress));
      progress.clear();
      terminal.out(options.json ? json(plan.json) : render(plan, input, terminal));
    });
}

interface Plan {
  readonly json: PlanJson;
  readonly labelCount: number;
  readonly deviceName: string;
}

async function planOf(model: PlannerLM, input: Input, progress: Progress): Promise<Plan> {
  const session = new DocumentSession(model, input.text);
  progress.note(`${input.file}: ${plural(session.unitCount, 'unit')} in ${plural(input.text.length, 'character')}`);
  const planned = await session.plan({
    top: LISTED,
    onProgress: (done, total) => progress.report(`Planning ${input.file}`, done, total),
  });
  const next = await session.next(input.text.length, { top: LISTED });
  const units: UnitJson[] = planned.map(({ start, end, kind, label, predicted, surprisal }) => ({
    start,
    end,
    kind,
    label: { id: label, name: model.labels.get(label).name },
    predicted: named(model.labels, predicted),
    surprisal,
  }));
  return {
    json: {
      file: input.file,
      model: model.config.name,
      device: model.device.kind,
      units,
      paragraphs: paragraphsOf(input.text, units),
      next: next.map((step) => named(model.labels, step)),
    },
    labelCount: model.labels.count,
    deviceName: model.device.name,
  };
}

function render({ json: plan, labelCount, deviceName }: Plan, { text }: Input, terminal: Terminal): string {
  const style = styleFor(terminal);
  const width = Math.min(120, Math.max(40, terminal.columns));
  const lines = linesOf(
    text,
    plan.paragraphs.map(({ start }) => start),
  );
  const out: string[] = [`${style.bold(plan.file)}  ${style.dim(`${plan.model} on ${deviceName}`)}`, ''];
  if (plan.units.length === 0) out.push('The file is empty.', '');
  let surprises = 0;
  for (const [p, paragraph] of plan.paragraphs.entries()) {
    const kind = plan.units[paragraph.units[0]!]!.kind;
    out.push(style.dim(`line ${lines[p]!}${kind === 'sentence' ? '' : ` · ${kindName(kind)}`}`));
    for (const index of paragraph.units) {
      const unit = plan.units[index]!;
      const surprising = isSurprising(unit.surprisal, labelCount);
      if (surprising) surprises++;
      const mark = surprising ? style.warn('!') : ' ';
      const bits = `${unit.surprisal.toFixed(1)} bits`;
      out.push(`${mark} ${oneLine(text.slice(unit.start, unit.end), width - 2)}`);
      out.push(
        `    ${style.label(unit.label.name)}  ${surprising ? style.warn(`${bits}, unexpected`) : style.dim(bits)}`,
      );
      out.push(`    ${style.dim(`expected ${probable(unit.predicted)}`)}`);
    }
    out.push('');
  }
  out.push(...outline(plan.next, style), '');
  out.push(
    `${plural(plan.units.length, 'unit')} in ${plural(plan.paragraphs.length, 'paragraph')}; ` +
      `${surprises} marked ! ${surprises === 1 ? 'was' : 'were'} less expected than by chance (${Math.log2(labelCount).toFixed(1)} bits).`,
  );
  return `${out.join('\n')}\n`;
}

function outline(next: PlanJson['next'], style: Style): string[] {
  return [
    style.bold('What may come next'),
    ...next.map((step, i) => `  ${i === 0 ? 'next unit' : `${i + 1} units on`}  ${probable(step)}`),
  ];
}

function probable(labels: readonly LabelProbabilityJson[]): string {
  return labels
    .slice(0, SHOWN)
    .map(({ name, probability }) => `${name} ${percent(probability)}`)
    .join(' · ');
}

/** "listItem" → "list item", "heading2" → "heading 2". */
function kindName(kind: string): string {
  return kind.replace(/([A-Z]|\d)/g, (part) => ` ${part.toLowerCase()}`);
}
