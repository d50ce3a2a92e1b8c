/** A command cannot go on. The message is for the person who typed it. */
export class CliFailure extends Error {
  override readonly name = 'CliFailure';

  /** @param exitCode 1: it could not be done; 2: it was asked for wrongly */
  constructor(
    readonly exitCode: 1 | 2,
    message: string,
  ) {
    super(message);
  }
}

export const couldNot = (message: string): CliFailure => new CliFailure(1, message);
export const wrongUse = (message: string): CliFailure => new CliFailure(2, message);
