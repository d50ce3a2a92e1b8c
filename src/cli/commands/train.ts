import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { fineTune } from '../../training/job';
import { survey } from '../../training/jobSurvey';
import type {
  JobOptions,
  Measures,
  Survey,
  TrainingMode,
  TrainingProgress,
  TrainingReport,
} from '../../training/jobTypes';
import { CancelledError } from '../../writing/cancellation';
import { chooseDevice } from '../device';
import { couldNot } from '../failure';
import { modelFolder, type ModelOptions } from '../modelFolder';
import { integer } from '../numbers';
import { Progress } from '../progress';
import { json } from '../shapes';
import { percent, table } from '../style';
import type { Terminal } from '../terminal';

interface TrainCommandOptions extends Pick<ModelOptions, 'model' | 'device'> {
  readonly out: string;
  readonly mode: TrainingMode;
  readonly minutes: number;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly runtime: JobOptions['runtime'];
  readonly threads?: number;
  readonly seed: number;
  readonly again?: true;
  readonly survey?: true;
  readonly json?: true;
  readonly verbose?: true;
}

/** Minutes that training may take, unless told. */
const MINUTES = 15;

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

export function trainCommand(program: Command, terminal: Terminal): void {
  program
    .command('train')
    .description(
      'tune planner and language model jointly on folders of documents; the model is used only if it got better',
    )
    .argument('<folders...>', 'folders of Markdown documents')
    .requiredOption('--out <dir>', "where the folders' own model is kept; a run that was cut off is taken up there")
    .option('--model <dir>', 'model folder to start from (default: the bundled one)')
    .addOption(new Option('--device <device>', 'where it runs').choices(['auto', 'cpu', 'webgpu']).default('auto'))
    .addOption(
      new Option('--runtime <runtime>', 'what computes').choices(['auto', 'onnxruntime', 'tfjs']).default('auto'),
    )
    .addOption(
      new Option('--mode <mode>', 'full: all of it; light: a small file').choices(['full', 'light']).default('full'),
    )
    .option('--minutes <n>', 'how long training may take', integer(1), MINUTES)
    .option('--include <glob>', 'files to read; can be given more than once', collect, [])
    .option('--exclude <glob>', 'files to leave out; can be given more than once', collect, [])
    .option('--threads <n>', 'CPU threads', integer(1))
    .option('--seed <n>', 'draws the held-out documents and the order of the others', integer(0, 2 ** 32 - 1), 0)
    .option('--again', "go on from the folders' own model")
    .option('--survey', 'only tell what would be used and how long it would take')
    .option('--json', 'for machines')
    .option('--verbose', 'tell on standard error what is being done')
    .action(async (folders: string[], options: TrainCommandOptions) => {
      for (const folder of folders) {
        if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
          throw couldNot(`There is no folder ${folder}.`);
        }
      }
      const baseFolder = modelFolder(options.model);
      const job: JobOptions = {
        baseFolder,
        storeFolder: resolve(options.out),
        folders: folders.map((folder) => ({ path: resolve(folder), exclude: options.exclude })),
        include: options.include,
        mode: options.mode,
        device: chooseDevice(options.device, baseFolder, 'float32', 'block'),
        runtime: options.runtime,
        minutes: options.minutes,
        seed: options.seed,
        resume: true,
        ...(options.threads !== undefined && { threads: options.threads }),
        ...(options.again && { again: true }),
      };
      if (options.survey) {
        const found = await survey(job);
        terminal.out(options.json ? json(found) : surveyText(found));
        if (found.refusal !== undefined) throw couldNot(found.refusal);
        return;
      }
      const report = await trained(job, new Progress(terminal, options.verbose ?? false));
      terminal.out(options.json ? json(report) : reportText(report));
    });
}

/** Runs the job; Ctrl+C ends it and keeps the best so far, a second one ends the process, which leaves a checkpoint. */
async function trained(job: JobOptions, progress: Progress): Promise<TrainingReport> {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.once('SIGINT', stop);
  try {
    return await fineTune(job, {
      signal: stopping.signal,
      onStop: 'keep',
      paused: () => undefined,
      onProgress: (state) => progress.report(progressText(state), state.step, state.steps),
    });
  } catch (error) {
    if (error instanceof CancelledError) throw couldNot('The training was ended before it had begun.');
    throw error;
  } finally {
    process.off('SIGINT', stop);
    progress.clear();
  }
}

function progressText({ phase, tokensPerSecond, loss, heldOutLoss, heldOutBefore }: TrainingProgress): string {
  if (phase !== 'training') return phase;
  const parts = [`${Math.round(tokensPerSecond)} tokens/s`];
  if (loss !== undefined) parts.push(`loss ${loss.toFixed(3)}`);
  if (heldOutBefore !== undefined)
    parts.push(`held out ${(heldOutLoss ?? heldOutBefore).toFixed(3)} (${heldOutBefore.toFixed(3)} before)`);
  return `training, ${parts.join(', ')}`;
}

function surveyText(found: Survey): string {
  const left = Object.entries(found.skipped).map(([reason, count]) => `${count} ${reason}`);
  const lines = [
    `${found.documents} documents (${found.heldOutDocuments} held out), ${found.tokens} tokens`,
    ...(left.length > 0 ? [`left out: ${left.join(', ')}`] : []),
    ...(found.refusal === undefined
      ? [
          `${found.steps} steps with ${found.runtime} on ${found.device}, about ${Math.ceil(found.estimatedSeconds / 60)} minutes and ${(found.memoryBytes / 1e9).toFixed(1)} GB of memory`,
        ]
      : [found.refusal]),
  ];
  return `${lines.join('\n')}\n`;
}

const OUTCOMES: Readonly<Record<TrainingReport['outcome'], string>> = {
  adopted: 'The tuned model is better and is kept.',
  'not-better': 'The tuned model is not better: nothing is kept.',
  'stopped-kept': 'Ended early; the best so far is better and is kept.',
  'stopped-discarded': 'Ended early; nothing is kept.',
};

function reportText(report: TrainingReport): string {
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
  return `${OUTCOMES[report.outcome]}\n${head}\n\n${table([['on held-out documents', 'before', 'after'], ...rows])}`;
}
