import { EngineError } from './engine';

/** The engine's failures in words: what happened, and what to do. */
export const failures = {
  stopped: (): EngineError => new EngineError('stopped', 'The engine was stopped before it answered.'),
  programMissing: (program: string): EngineError =>
    new EngineError('program-missing', `The engine's program ${program} is missing. Reinstall Planwright.`),
  notStarted: (reason: string): EngineError =>
    new EngineError(
      'start-failed',
      `The engine process could not be started: ${sentence(reason)} Run Planwright: Doctor, or reinstall Planwright.`,
    ),
  notOpened: (reason: string): EngineError =>
    new EngineError('start-failed', `The model could not be opened: ${sentence(reason)} Run Planwright: Doctor.`),
  /** The message of a model's error says all that there is to say. */
  modelBroken: (message: string): EngineError => new EngineError('model-broken', message),
  crashed: (how: string): EngineError =>
    new EngineError('crashed', `The engine ended ${how} while it was at work. It is restarted automatically.`),
  gaveUp: (how: string, wasReady: boolean): EngineError =>
    new EngineError(
      wasReady ? 'crashed' : 'start-failed',
      `The engine ended unexpectedly too often, the last time ${how}${wasReady ? '' : ' before it was ready'}. It is not restarted ` +
        'automatically any more: run Planwright: Restart Engine. If it fails again, Planwright: Doctor looks for the cause.',
    ),
  requestFailed: (reason: string): EngineError =>
    new EngineError(
      'request-failed',
      `The engine could not do this: ${sentence(reason)} Try again; if that does not help, run Planwright: Doctor.`,
    ),
};

function sentence(reason: string): string {
  return /[.!?]$/.test(reason) ? reason : `${reason}.`;
}
