import { ResponseError } from 'vscode-jsonrpc/node';

/** Error codes of the engine's replies. */
export const FAILURE = {
  /** The request was cancelled, or an edit overtook it. The number is the Language Server Protocol's. */
  cancelled: -32800,
  /** The model folder cannot be used; the message names the file, says what is wrong and what to do. */
  modelBroken: 1,
  /** The device failed. */
  device: 2,
  /** The run-time's library cannot be loaded on this machine. */
  runtime: 3,
  /** The engine does not have the document's text as the editor does: it must be opened again. */
  outOfStep: 4,
  /** Anything else. */
  failed: 5,
  /** What was computed is no number: on a GPU its driver is faulty, on a CPU the weights are. */
  noNumbers: 6,
} as const;

/** A document that was never opened, or whose edits did not fit its text. */
export class OutOfStepError extends Error {
  override readonly name = 'OutOfStepError';
}

/** Codes of errors by their names: rooms below have classes of their own, and some lie in rooms that the engine does not see. */
const CODES: Readonly<Record<string, number>> = {
  CancelledError: FAILURE.cancelled,
  AbortError: FAILURE.cancelled,
  ModelError: FAILURE.modelBroken,
  DeviceError: FAILURE.device,
  RuntimeUnavailableError: FAILURE.runtime,
  OutOfStepError: FAILURE.outOfStep,
  NoNumbersError: FAILURE.noNumbers,
};

/** An error as it is sent to the editor. */
export function toResponseError(error: unknown): ResponseError {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return new ResponseError(CODES[name] ?? FAILURE.failed, message);
}
