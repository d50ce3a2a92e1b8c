import { Command, CommanderError } from 'commander';
import { version } from '../../package.json';
import { DeviceError, RuntimeUnavailableError } from '../graph/index';
import { ModelError } from '../model/errors';
import { completeCommand } from './commands/complete';
import { evaluateCommand } from './commands/evaluate';
import { modelCommand } from './commands/model';
import { planCommand } from './commands/plan';
import { trainCommand } from './commands/train';
import { probeCommand } from './device';
import { TrainingError } from '../training/errors';
import { CliFailure } from './failure';
import type { Terminal } from './terminal';

/** 0: done. 1: could not be done. 2: asked for wrongly. */
export type ExitCode = 0 | 1 | 2;

/** Runs one command line (without the program's own name). Messages go to the terminal; nothing is thrown. */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const program = new Command('planwright')
    .description('Plans and completes Markdown with a planner-conditioned language model, wholly on this machine.')
    .version(version)
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('(--help lists what can be asked for)')
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  planCommand(program, terminal);
  completeCommand(program, terminal);
  evaluateCommand(program, terminal);
  trainCommand(program, terminal);
  modelCommand(program, terminal);
  probeCommand(program);
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has said what is wrong by itself. Asked for help or the version, it ends with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const known = [CliFailure, ModelError, TrainingError, DeviceError, RuntimeUnavailableError].some(
      (kind) => error instanceof kind,
    );
    const told = error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
    terminal.err(`planwright: ${told}\n`);
    return error instanceof CliFailure ? error.exitCode : 1;
  }
}
