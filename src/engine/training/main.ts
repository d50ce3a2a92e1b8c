import { constants, setPriority } from 'node:os';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { fineTune } from '../../training/job';
import { survey } from '../../training/jobSurvey';
import { watchParent } from '../parentWatch';
import { serveTraining } from './server';

/** Exit codes of a training program. */
const EXIT = { uncaught: 70, usage: 64 } as const;

/** The program of a training process; it is forked by a `TrainingClient`. */
function main(): void {
  // Read by onnxruntime's library when it is loaded; from 1.29 on it would report usage.
  process.env.ORT_DISABLE_TELEMETRY = '1';
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exit(EXIT.uncaught);
    });
  }
  if (process.send === undefined) {
    process.stderr.write(
      'This program serves the process that forked it. To train without an editor: planwright train.\n',
    );
    process.exitCode = EXIT.usage;
    return;
  }
  watchParent();
  serveTraining(
    createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process)),
    { survey, fineTune },
    lowerPriority,
  );
}

/** Whatever else wants the processor goes first. Threads take over the priority of the one that makes them: before the run-time makes its own. */
function lowerPriority(): void {
  try {
    setPriority(constants.priority.PRIORITY_LOW);
  } catch {
    // A system that does not allow it; pausing while one types still holds.
  }
}

main();
