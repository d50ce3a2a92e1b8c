import {
  EngineCancelled,
  EngineError,
  type CompleteHooks,
  type CompleteRequest,
  type Engine,
  type EngineState,
} from '../../../../src/engine/engine';
import type { CompleteReply, CompletionItem, EngineInfo } from '../../../../src/engine/protocol';
import { Completer, type Answer, type Question } from '../../../../src/editor/completion/completer';
import type { Preferences } from '../../../../src/editor/completion/conditions';
import type { Suggestion } from '../../../../src/editor/completion/suggestion';
import { DocumentState } from '../../../../src/editor/documents/documentState';
import { FakeEngineDocument } from '../support/fakeEngineDocument';

/** A suggestion of which only the text matters. */
export function suggestion(text: string, ...labels: number[]): Suggestion {
  return { text, labels: labels.map((id) => ({ id, probability: 0.5, pinned: false })) };
}

export const INFO = { weightsId: 'w1' } as EngineInfo;
export const PREFERENCES: Preferences = { confidence: 'balanced', length: 'sentence', minimumDelay: 120, eol: '\n' };

/** A completion that was asked for and that the test answers. */
export interface Asked {
  readonly request: CompleteRequest;
  readonly signal: AbortSignal;
  /** The text when it was asked. */
  readonly text: string;
  partial(text: string): void;
  answer(...items: (string | CompletionItem)[]): void;
  refuse(kind: string): void;
  fail(error: Error): void;
}

/** A document with an engine in the test's hands, and a completer that asks it. */
export class Desk {
  readonly asked: Asked[] = [];
  readonly troubles: string[] = [];
  readonly document = new FakeEngineDocument('file:///notes.md');
  readonly state: DocumentState;
  readonly completer: Completer;
  loads = 0;
  engineState: EngineState = { kind: 'ready', info: INFO, skippedDevice: undefined };
  load: () => Promise<EngineInfo> = () => Promise.resolve(INFO);
  private readonly listeners: ((state: EngineState) => void)[] = [];

  constructor(text: string) {
    this.document.complete = (request?: CompleteRequest, hooks?: CompleteHooks) =>
      this.ask(request!, hooks ?? {}) as never;
    this.state = new DocumentState('file:///notes.md', text, this.document);
    this.completer = new Completer(this.engine(), ({ message }) => this.troubles.push(message));
    this.become(this.engineState);
  }

  get last(): Asked {
    return this.asked.at(-1)!;
  }

  become(state: EngineState): void {
    this.engineState = state;
    for (const listener of this.listeners) listener(state);
  }

  /** Asks at the end of the text, or where told. */
  suggest(question: Partial<Question> = {}): Promise<Answer> {
    return this.completer.suggest({
      state: this.state,
      offset: this.state.text.length,
      mode: 'unasked',
      preferences: PREFERENCES,
      signal: new AbortController().signal,
      ...question,
    });
  }

  /** An edit, as the editor would tell everyone of it. */
  edit(start: number, end: number, text: string): void {
    this.state.edit([{ start, end, text }]);
    this.completer.offers.edited(this.state.key, this.state.text, false);
    this.completer.edited(this.state.key, start);
    if (text.length <= 1) this.completer.debounce.typed(performance.now());
  }

  type(text: string): void {
    for (const character of text) this.edit(this.state.text.length, this.state.text.length, character);
  }

  private ask(request: CompleteRequest, { signal, onPartial }: CompleteHooks): Promise<CompleteReply> {
    return new Promise((resolve, reject) => {
      const reply = (completions: readonly CompletionItem[], reason: CompleteReply['reason']): void =>
        resolve({ completions, reason, milliseconds: { plan: 1, first: 1, total: 2 } });
      signal!.addEventListener('abort', () => reject(new EngineCancelled()));
      this.asked.push({
        request,
        signal: signal!,
        text: this.state.text,
        partial: (text) => onPartial?.(text),
        answer: (...items) => reply(items.map(toItem), null),
        refuse: (kind) => reply([], { kind, sentence: `Because of ${kind}.` }),
        fail: reject,
      });
    });
  }

  private engine(): Engine {
    const state = (): EngineState => this.engineState;
    const engine: Partial<Engine> = {
      get state() {
        return state();
      },
      onDidChangeState: (listener) => {
        this.listeners.push(listener);
        return { dispose: () => undefined };
      },
      load: () => {
        this.loads++;
        return this.load();
      },
    };
    return engine as Engine;
  }
}

function toItem(item: string | CompletionItem): CompletionItem {
  return typeof item === 'string' ? { ...suggestion(item), confidence: 0.9 } : item;
}

/** The texts of an answer, or why there are none. */
export function outcome(answer: Answer): readonly string[] | string {
  return answer.kind === 'nothing' ? answer.reason : answer.items.map(({ text }) => text);
}

export const CRASH = new EngineError('crashed', 'The engine ended.');
