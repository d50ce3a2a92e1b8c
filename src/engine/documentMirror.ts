import { reasonSentence } from '../writing/reasons';
import { EngineCancelled, type CompleteHooks, type CompleteRequest, type EngineDocument } from './engine';
import type { EngineProcess, Send } from './engineProcess';
import {
  notifications,
  progress,
  requests,
  type CompleteReply,
  type InfluenceReply,
  type NextReply,
  type PlanReply,
  type TextEdit,
} from './protocol';

/** How a request is made. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Asked once more when the engine ends before it answered. */
  readonly retry: boolean;
  /** The document that it is about: brought up to date first. */
  readonly document?: Mirrored;
}

/** A document as a request sees it. */
export interface Mirrored {
  /** Sends what this process does not have yet. @throws {EngineCancelled} where the document was closed or released since the request was made */
  bringUpToDate(process: EngineProcess): void;
  /** The engine's text is not this one: all of it must be sent again. */
  forget(): void;
}

export type Call = <T>(send: Send<T>, options: CallOptions) => Promise<T>;

/** More edits than this cost more than the whole text. */
const MOST_EDITS = 500;

let mirrors = 0;

/** The client's end of a document: notes edits down, and brings an engine process up to date before each request. */
export class DocumentMirror implements EngineDocument {
  /** The document's name on the wire; of this object alone, so that one that is opened again is never taken for the old. */
  private readonly wire: string;
  private readonly id = ++mirrors;
  private requestCount = 0;
  /** Counts the edits. */
  private revision = 0;
  /** The process that has the text, but for the pending edits. */
  private holder: EngineProcess | undefined;
  private pending: TextEdit[] = [];
  /** The process that was told of the document last, however old the text that it has. */
  private known: EngineProcess | undefined;
  private disposed = false;
  /** Counts the releases: what was asked before one is not answered after it, nor the text sent again for it. */
  private releases = 0;

  constructor(
    readonly key: string,
    private readonly text: () => string,
    private readonly call: Call,
  ) {
    this.wire = `${this.id} ${key}`;
  }

  edited(start: number, end: number, text: string): void {
    this.revision++;
    // Nobody has the text yet: all of it will be sent.
    if (this.holder === undefined) return;
    const last = this.pending.at(-1);
    if (last && start === end && start === last.start + last.text.length) {
      // Text that is typed on: one edit.
      this.pending[this.pending.length - 1] = { ...last, text: last.text + text };
      return;
    }
    this.pending.push({ start, end, text });
    if (this.pending.length > MOST_EDITS) this.forget();
  }

  reset(): void {
    this.revision++;
    this.forget();
  }

  private forget(): void {
    this.holder = undefined;
    this.pending = [];
  }

  /** This document for one request. */
  private mirrored(): Mirrored {
    const { releases } = this;
    return {
      bringUpToDate: (process) => {
        if (this.disposed || this.releases !== releases) throw new EngineCancelled();
        this.bringUpToDate(process);
      },
      forget: () => this.forget(),
    };
  }

  private bringUpToDate(process: EngineProcess): void {
    const key = this.wire;
    const { pending } = this;
    if (this.holder !== process) {
      const text = this.text();
      process.tell((connection) => connection.sendNotification(notifications.open, { key, text }));
    } else if (pending.length > 0) {
      process.tell((connection) => connection.sendNotification(notifications.edit, { key, edits: pending }));
    }
    this.holder = this.known = process;
    this.pending = [];
  }

  plan(top: number, signal?: AbortSignal, onProgress?: (done: number, total: number) => void): Promise<PlanReply> {
    const key = this.wire;
    return this.call(
      (connection, token) => {
        if (onProgress === undefined) return connection.sendRequest(requests.plan, { key, top }, token);
        const name = this.progressName();
        const listening = connection.onProgress(progress.plan, name, ({ done, total }) => {
          if (!signal?.aborted) onProgress(done, total);
        });
        const reply = connection.sendRequest(requests.plan, { key, top, progress: name }, token);
        return reply.finally(() => listening.dispose());
      },
      { signal, retry: true, document: this.mirrored() },
    );
  }

  next(offset: number, top: number, never: readonly number[], signal?: AbortSignal): Promise<NextReply> {
    const params = { key: this.wire, offset, top, never };
    return this.call(
      this.unlessEdited((connection, token) => connection.sendRequest(requests.next, params, token)),
      { signal, retry: true, document: this.mirrored() },
    );
  }

  influences(units: readonly number[], signal?: AbortSignal): Promise<InfluenceReply> {
    const params = { key: this.wire, units };
    return this.call(
      this.unlessEdited((connection, token) => connection.sendRequest(requests.influence, params, token)),
      { signal, retry: true, document: this.mirrored() },
    );
  }

  async complete(request: CompleteRequest, hooks: CompleteHooks = {}): Promise<CompleteReply> {
    const began = performance.now();
    const { signal, onPartial } = hooks;
    const params = { ...request, key: this.wire };
    const send: Send<CompleteReply> = (connection, token) => {
      if (onPartial === undefined) return connection.sendRequest(requests.complete, params, token);
      const name = this.progressName();
      const listening = connection.onProgress(progress.partialText, name, (text) => {
        if (!signal?.aborted) onPartial(text);
      });
      const reply = connection.sendRequest(requests.complete, { ...params, partial: name }, token);
      return reply.finally(() => listening.dispose());
    };
    try {
      return await this.call(this.unlessEdited(send), { signal, retry: false, document: this.mirrored() });
    } catch (error) {
      if (signal?.aborted || !(error instanceof EngineCancelled)) throw error;
      const total = Math.round(performance.now() - began);
      return {
        completions: [],
        reason: { kind: 'document-changed', sentence: reasonSentence({ kind: 'document-changed' }) },
        milliseconds: { plan: 0, first: null, total },
      };
    }
  }

  dispose(): void {
    this.disposed = true;
    this.release();
  }

  release(): void {
    this.releases++;
    const key = this.wire;
    this.known?.tell((connection) => connection.sendNotification(notifications.close, { key }));
    this.known = undefined;
    this.forget();
  }

  /** Sends only while the text is as it is now: an offset or a unit of an older text means another place in the newer one. */
  private unlessEdited<T>(send: Send<T>): Send<T> {
    const { revision } = this;
    return (connection, token) => {
      if (this.revision !== revision) throw new EngineCancelled();
      return send(connection, token);
    };
  }

  private progressName(): string {
    return `${this.id}.${++this.requestCount}`;
  }
}
