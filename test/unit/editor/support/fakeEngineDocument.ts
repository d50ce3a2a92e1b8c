import type { EngineDocument } from '../../../../src/engine/engine';
import type { PlanReply, TextEdit } from '../../../../src/engine/protocol';

/** An engine's end of a document that notes what it is told, and answers `plan` with what the test gives it. */
export class FakeEngineDocument implements EngineDocument {
  readonly edits: TextEdit[] = [];
  resets = 0;
  released = false;
  disposed = false;
  answer: () => Promise<PlanReply> = () => Promise.resolve({ units: [], next: [] });

  constructor(readonly key = 'file:///notes.md') {}

  edited(start: number, end: number, text: string): void {
    this.edits.push({ start, end, text });
  }
  reset(): void {
    this.resets++;
  }
  release(): void {
    this.released = true;
  }
  plan(): Promise<PlanReply> {
    return this.answer();
  }
  next(): Promise<never> {
    return Promise.reject(new Error('not asked for here'));
  }
  influences(): Promise<never> {
    return Promise.reject(new Error('not asked for here'));
  }
  complete(): Promise<never> {
    return Promise.reject(new Error('not asked for here'));
  }
  dispose(): void {
    this.disposed = true;
  }
}
