import { join } from 'node:path';
import type { Command } from 'commander';
import { parseModelConfig, type ModelConfig } from '../../model/config';
import { readChecksums, readJson, verifyFiles } from '../../model/folder';
import { LabelSet } from '../../model/labels';
import { modelLayout, type WeightPart } from '../../model/layout';
import { openModel } from '../../model/openModel';
import { DocumentSession } from '../../writing/session';
import { couldNot } from '../failure';
import { openableFolder } from '../modelFolder';
import { Progress } from '../progress';
import { json } from '../shapes';
import { percent, plural, styleFor, table } from '../style';
import type { Terminal } from '../terminal';

interface ModelCommandOptions {
  readonly model?: string;
  readonly labels?: true;
  readonly json?: true;
  readonly verbose?: true;
}

interface ModelInfo {
  readonly name: string;
  readonly folder: string;
  readonly bytes: number;
  readonly parameters: Record<WeightPart, number>;
  readonly vocabulary: number;
  readonly positions: number;
  readonly labelCount: number;
  readonly config: ModelConfig;
  readonly labels: readonly { readonly id: number; readonly name: string; readonly frequency: number }[];
}

/** What a model that is fit for work must be able to do. */
const PROBE = '# A short note\n\nThis is the first sentence of a short note. The second one follows';

export function modelCommand(program: Command, terminal: Terminal): void {
  const model = program.command('model').description('inspect a model folder');
  model
    .command('info')
    .description('show what a model is: sizes, labels')
    .argument('[dir]', 'model folder, or one that train made (default: the bundled one)')
    .option('--model <dir>', 'the same, as in other commands')
    .option('--labels', 'list all labels by how frequent they are')
    .option('--json', 'print JSON, for machines')
    .action(async (dir: string | undefined, options: ModelCommandOptions) => {
      const info = await infoOf(await openableFolder(dir ?? options.model));
      terminal.out(options.json ? json(info) : renderInfo(info, options.labels ?? false, terminal));
    });
  model
    .command('verify')
    .description('check that all files are there and unchanged, and that the model computes')
    .argument('[dir]', 'model folder, or one that train made (default: the bundled one)')
    .option('--model <dir>', 'the same, as in other commands')
    .option('--json', 'print JSON, for machines')
    .option('--verbose', 'say on standard error what is being done')
    .action(async (dir: string | undefined, options: ModelCommandOptions) => {
      const folder = await openableFolder(dir ?? options.model);
      const progress = new Progress(terminal, options.verbose ?? false);
      const files = await verifyFiles(folder, true, (name) => progress.note(`checking ${name}`));
      await probe(folder);
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      terminal.out(
        options.json
          ? json({ folder, ok: true, files })
          : `${folder}: all is well. ${plural(files.length, 'file')}, ${megabytes(bytes)}, checksums right; the model opens and computes.\n`,
      );
    });
}

async function infoOf(folder: string): Promise<ModelInfo> {
  const configFile = join(folder, 'config.json');
  const config = parseModelConfig(await readJson(configFile), configFile);
  const labelsFile = join(folder, 'labels.json');
  const labels = LabelSet.parse(await readJson(labelsFile), labelsFile, config.labels.count);
  const files = await readChecksums(folder);
  const parameters = Object.fromEntries(
    Object.entries(modelLayout(config)).map(([part, layout]) => [
      part,
      [...layout.values()].reduce((sum, shape) => sum + shape.reduce((product, size) => product * size, 1), 0),
    ]),
  ) as Record<WeightPart, number>;
  return {
    name: config.name,
    folder,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    parameters,
    vocabulary: config.lm.vocabSize,
    positions: config.lm.maxPositions,
    labelCount: config.labels.count,
    config,
    labels: labels.all.map(({ id, name, frequency }) => ({ id, name, frequency })),
  };
}

/** Runs the model once over a short text. @throws {CliFailure} where it does not come out with numbers */
async function probe(folder: string): Promise<void> {
  const model = await openModel(folder, { device: 'cpu', verify: true });
  try {
    const session = new DocumentSession(model, PROBE);
    const units = await session.plan();
    const broken = units.some(({ predicted, surprisal }) =>
      [surprisal, ...predicted.map(({ probability }) => probability)].some((value) => !Number.isFinite(value)),
    );
    if (broken)
      throw couldNot(`${folder}: the planner computes no numbers: its weights are damaged. Reinstall the model.`);
    await session.complete(PROBE.length, { maxTokens: 4 });
  } finally {
    await model.close();
  }
}

function renderInfo(info: ModelInfo, withLabels: boolean, terminal: Terminal): string {
  const style = styleFor(terminal);
  const { config } = info;
  const total = Object.values(info.parameters).reduce((sum, count) => sum + count, 0);
  const line = (name: string, value: string): string => `${name.padEnd(12)}${value}\n`;
  let out =
    `${style.bold(info.name)}  ${style.dim(info.folder)}\n\n` +
    line('size', `${megabytes(info.bytes)} in files, ${millions(total)} parameters`) +
    line(
      'LM',
      `${millions(info.parameters.lm)}: ${plural(config.lm.layers, 'layer')} of width ${config.lm.hiddenSize}, ${info.positions} positions, ${info.vocabulary} tokens`,
    ) +
    line(
      'planner',
      `${millions(info.parameters.planner)}: ${plural(config.planner.layers, 'layer')}, sees ${config.planner.window} units, plans ${plural(config.planner.steps, 'step')} ahead`,
    ) +
    line(
      'encoder',
      `${millions(info.parameters.encoder)}: ${plural(config.encoder.layers, 'layer')}, embeddings of ${config.encoder.embeddingSize}`,
    ) +
    line('adapter', `${millions(info.parameters.adapter)}: from layer ${config.adapter.firstLayer} on`) +
    line('labels', `${info.labelCount}`);
  const byFrequency = [...info.labels].sort((a, b) => b.frequency - a.frequency);
  const listed = withLabels ? byFrequency : byFrequency.slice(0, 8);
  out += `\n${style.bold(withLabels ? 'Labels' : 'Most frequent labels')}\n`;
  out += table(listed.map(({ id, name, frequency }) => [`  ${id}  ${name}`, percent(frequency)]));
  return out;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function millions(count: number): string {
  return count < 1e6 ? `${(count / 1e3).toFixed(1)} k` : `${(count / 1e6).toFixed(1)} M`;
}
