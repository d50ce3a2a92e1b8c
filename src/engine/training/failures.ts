import { ResponseError } from 'vscode-jsonrpc/node';
import { TrainingError } from '../../training/errors';
import { EngineCancelled } from '../engine';
import { ProcessEnded } from '../engineProcess';
import { FAILURE, toResponseError } from '../failures';
import { TrainingFailure, type TrainingFailureCode } from './training';

/** An error of the training process as it is sent to the editor: a kind of our own errors travels with it. */
export function toTrainingResponse(error: unknown): ResponseError<TrainingFailureCode | undefined> {
  const { code, message } = toResponseError(error);
  return new ResponseError(code, message, error instanceof TrainingError ? error.kind : undefined);
}

/** What an error of a request means for the editor. @param resumable whether it was a run, whose checkpoint is kept */
export function understand(error: unknown, resumable: boolean): TrainingFailure | EngineCancelled {
  if (error instanceof EngineCancelled || error instanceof TrainingFailure) return error;
  if (error instanceof ProcessEnded) return ended(error, resumable);
  const { message } = error as Error;
  if (!(error instanceof ResponseError)) return failed(message);
  if (error.code === FAILURE.cancelled) return new EngineCancelled();
  if (error.code === FAILURE.modelBroken) return new TrainingFailure('model-broken', message);
  // Only toTrainingResponse fills it.
  const kind = error.data as TrainingFailureCode | undefined;
  return kind === undefined ? failed(message) : new TrainingFailure(kind, message);
}

export function programMissing(program: string): TrainingFailure {
  return new TrainingFailure(
    'program-missing',
    `The program that fine-tunes, ${program}, is missing. Reinstall Planwright.`,
  );
}

function ended({ end }: ProcessEnded, resumable: boolean): TrainingFailure {
  if (end.spawnError !== undefined) {
    return new TrainingFailure(
      'start-failed',
      `The process that fine-tunes could not be started: ${end.spawnError}. Restart the editor, or reinstall Planwright.`,
    );
  }
  if (end.expected) return new TrainingFailure('stopped', 'Fine-tuning was ended because Planwright is stopping.');
  // What a system does to a process when memory runs out.
  const memory = /SIGKILL|SIGABRT|exit code 134/.test(end.how)
    ? ' If memory ran out, close other programs or choose the light mode.'
    : '';
  const next = resumable
    ? 'The model in use is as it was, and the last checkpoint is kept: run it again, and it goes on from there.'
    : 'Try again.';
  return new TrainingFailure('killed', `The process that fine-tunes ended ${end.how}. ${next}${memory}`);
}

function failed(message: string): TrainingFailure {
  const sentence = /[.!?]$/.test(message) ? message : `${message}.`;
  return new TrainingFailure('failed', `Planwright could not do this: ${sentence} The log has the details.`);
}
