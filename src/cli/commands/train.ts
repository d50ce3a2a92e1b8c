import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { fineTune } from '../../training/job';
import { survey } from '../../training/jobSurvey';
import type { JobOptions, TrainingMode, TrainingReport } from '../../training/jobTypes';
import { CancelledError } from '../../writing/cancellation';
import { chooseDevice } from '../device';
import { couldNot } from '../failure';
import { listOption } from '../listOption';
import { modelFolder, type ModelOptions } from '../modelFolder';
import { integer } from '../numbers';
import { Progress } from '../progress';
import { json } from '../shapes';
import { storeToWrite } from '../storeOption';
import type { Terminal } from '../terminal';
import { progressText, reportText, surveyText } from '../trainingText';

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

export function trainCommand(program: Command, terminal: Terminal): void {
  program
    .command('train')
    .description(
      'tune planner and language model jointly on folders of documents; the result is kept only if it is better',
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
    .option('--minutes <n>', 'how long to learn, in minutes; measuring comes on top', integer(1), MINUTES)
    .addOption(listOption('--include <glob>', 'files to read; can be given more than once', 'Markdown and its kin'))
    .addOption(listOption('--exclude <glob>', 'files to leave out; can be given more than once'))
    .option('--threads <n>', 'CPU threads', integer(1))
    .option('--seed <n>', 'draws the held-out documents and the order of the others', integer(0, 2 ** 32 - 1), 0)
    .option('--again', "continue from the folders' own model")
    .option('--survey', 'only say what would be used and how long it would take')
    .option('--json', 'print JSON, for machines')
    .option('--verbose', 'say on standard error what is being done')
    .action(async (folders: string[], options: TrainCommandOptions) => {
      for (const folder of folders) {
        if (!isFolder(folder)) throw couldNot(`There is no folder ${folder}.`);
      }
      const storeFolder = await storeToWrite(options.out);
      const baseFolder = modelFolder(options.model);
      const job: JobOptions = {
        baseFolder,
        storeFolder,
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

/** Whether there is such a folder; a link that leads to itself is none. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
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
    if (error instanceof CancelledError) throw couldNot('Training was ended before it had begun.');
    throw error;
  } finally {
    process.off('SIGINT', stop);
    progress.clear();
  }
}
