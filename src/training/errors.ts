export type TrainingErrorKind =
  /** Too little text, or none. */
  | 'no-text'
  /** Another window trains, or changes, the model of this workspace. */
  | 'busy'
  /** The loss is no longer a number. */
  | 'diverged'
  /** A file of a workspace's model cannot be used. */
  | 'stored'
  /** The workspace's model was tuned from another bundled model. */
  | 'other-base'
  /** The disk refuses to take a file. */
  | 'disk';

/** Why a workspace's model cannot be tuned, kept or used: what happened and what to do. Never holds document text. */
export class TrainingError extends Error {
  override readonly name = 'TrainingError';

  constructor(
    readonly kind: TrainingErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Another process trains, or changes, the model of this workspace. */
export class TrainingBusyError extends TrainingError {
  constructor() {
    super(
      'busy',
      'Another window is fine-tuning, or changing, the model of this workspace. Wait until it is done, or cancel it there.',
    );
  }
}

/** A failure of the file system in words; other errors as they are. */
export function onDisk(what: string, error: unknown, done: 'read' | 'written' = 'written'): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (typeof code !== 'string') return error;
  const reason =
    code === 'ENOSPC'
      ? 'the disk is full. Free some space'
      : code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
        ? 'that is not allowed. Check the permissions'
        : `the file system says ${code}. Check the disk`;
  return new TrainingError('disk', `${what} could not be ${done}: ${reason} and try again; nothing was lost.`, {
    cause: error,
  });
}
