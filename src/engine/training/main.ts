import { constants, setPriority } from 'node:os';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { fineTune } from '../../training/job';
import { survey } from '../../training/jobSurvey';
import { watchParent } from '../parentWatch';
import { endOnUncaught } from '../uncaught';
import { serveTraining } from './server';

/** Exit code where it is run by itself. */
const USAGE = 64;

/** The program of a training process; it is forked by a `TrainingClient`. */
function main(): void {
  endOnUncaught();
  if (process.send === undefined) {
    process.stderr.write(
      'This program serves the process that forked it. To train without an editor: planwright train.\n',
    );
    process.exitCode = USAGE;
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
