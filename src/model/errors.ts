/** What is wrong with a model folder, in one word. */
export type ModelErrorKind =
  | 'missing'
  | 'unreadable'
  | 'truncated'
  | 'checksum'
  | 'format'
  | 'config'
  | 'shape'
  | 'numbers'
  | 'unsupported'
  | 'closed';

/** What a person can do about each kind of fault. */
const ADVICE: Record<ModelErrorKind, string> = {
  missing: 'Restore the file, or reinstall the model.',
  unreadable: 'Check that the path is right and that you may read it.',
  truncated: 'The file was cut short, perhaps by an interrupted copy: restore it, or reinstall the model.',
  checksum: 'The file was changed or damaged: restore it, or reinstall the model.',
  format: 'The file is damaged or is not what its name says: restore it, or reinstall the model.',
  config: 'Correct the value, or reinstall the model.',
  shape: 'The files do not belong together: reinstall the model.',
  numbers: 'The weights are damaged, or training diverged: restore the file, or reinstall the model.',
  unsupported: 'Use a model of a supported kind.',
  closed: 'Open the model again.',
};

/** A model folder, or a file in it, that cannot be used. The message names the file, says what is wrong and what to do. */
export class ModelError extends Error {
  override readonly name = 'ModelError';

  /**
   * @param kind what is wrong, in one word
   * @param file path of the file (or folder) at fault
   * @param detail what is wrong, as a clause without a full stop
   * @param field the config field or tensor at fault, where there is one
   */
  constructor(
    readonly kind: ModelErrorKind,
    readonly file: string,
    detail: string,
    readonly field?: string,
  ) {
    super(`${file}: ${field === undefined ? '' : `${field}: `}${detail}. ${ADVICE[kind]}`);
  }
}

/** What was computed are no numbers. */
export class NoNumbersError extends Error {
  override readonly name = 'NoNumbersError';

  constructor() {
    super('The model computed no number for the next token: its weights are damaged. Reinstall the model.');
  }
}
