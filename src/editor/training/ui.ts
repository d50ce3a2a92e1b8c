import type { Disposable } from '../../engine/engine';
import type { Question } from './question';

/** Something that the writer can do about what is told. */
export interface Action {
  readonly title: string;
  run(): unknown;
}

/** What a run's progress shows. */
export interface ProgressLine {
  readonly line: string;
  /** Done so far, 0 to 1; undefined where that is not known. */
  readonly share: number | undefined;
}

/** How the writer is asked and told. Implemented over the editor's windows; tests put a fake in its place. */
export interface TrainingUi {
  /** Shows that work is under way; with its cancel button the signal is aborted. */
  during<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Asks a question that must be answered. Undefined: cancelled. */
  ask<T>(question: Question<T>): Promise<T | undefined>;
  /** Tells something in passing, and does not wait. */
  tell(kind: 'information' | 'warning', message: string, actions?: readonly Action[]): void;
  /** Tells something for some seconds, without getting in the way. */
  note(message: string): void;
  /** Shows progress until the end, or until the writer presses its cancel button. */
  watch(
    title: string,
    listen: (show: (line: ProgressLine) => void) => Disposable,
    ended: Promise<unknown>,
  ): Promise<'ended' | 'cancelled'>;
  /** A file to write, or to read; undefined: none. */
  pickFile(purpose: 'export' | 'import'): Promise<string | undefined>;
  /** Runs a command of the editor. */
  execute(command: string, argument?: string): void;
}
