import { describe, expect, it } from 'vitest';
import { DocumentState } from '../../../../src/editor/documents/documentState';
import { viewMessage, type ViewSituation } from '../../../../src/editor/planView/message';
import { NextBook } from '../../../../src/editor/planView/nextBook';
import { EngineCancelled, EngineError, type EngineState } from '../../../../src/engine/engine';
import type { NextReply } from '../../../../src/engine/protocol';
import { FakeEngineDocument } from '../support/fakeEngineDocument';
import { english } from '../support/localiser';

class Oracle extends FakeEngineDocument {
  readonly asked: number[] = [];
  answerNext = (): Promise<NextReply> => Promise.resolve({ steps: [[{ id: this.asked.length, probability: 1 }]] });
  override next(offset?: number, _top?: number, _never?: readonly number[], signal?: AbortSignal): Promise<never> {
    this.asked.push(offset!);
    return new Promise<NextReply>((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(new EngineCancelled()));
      this.answerNext().then(resolve, reject);
    }) as Promise<never>;
  }
}

function desk(text: string) {
  const engine = new Oracle();
  const failures: string[] = [];
  const book = new NextBook(6, (error) => failures.push(error.message));
  return { engine, failures, book, state: new DocumentState(engine.key, text, engine) };
}

describe('NextBook', () => {
  it('asks once for each sentence and text, and of the sentence that is written', async () => {
    const { engine, book, state } = desk('One is. Two is. Three');
    const first = await book.steps(state, 9, []);
    expect(await book.steps(state, 12, [])).toBe(first);
    expect(engine.asked).toEqual([8]);
    // Behind "Two is." the next sentence is meant.
    await book.steps(state, 15, []);
    // At the end of the text the one that is being written.
    await book.steps(state, 21, []);
    expect(engine.asked).toEqual([8, 16]);
    await book.steps(state, 21, [3]);
    state.edit([{ start: 21, end: 21, text: '.' }]);
    await book.steps(state, 22, [3]);
    expect(engine.asked).toEqual([8, 16, 16, 22]);
  });

  it('asks nothing of an empty document', async () => {
    const { engine, book, state } = desk(' \n');
    expect(await book.steps(state, 0, [])).toEqual([]);
    expect(engine.asked).toEqual([]);
  });

  it('ends a question that a later one replaces, and keeps what was known meanwhile', async () => {
    const { engine, book, state, failures } = desk('One is. Two is. Three');
    const known = await book.steps(state, 3, []);
    engine.answerNext = () => new Promise(() => undefined);
    const slow = book.steps(state, 9, []);
    engine.answerNext = () => Promise.resolve({ steps: [[{ id: 9, probability: 1 }]] });
    expect(await book.steps(state, 20, [])).toEqual([[{ id: 9, probability: 1 }]]);
    expect(await slow).not.toBe(undefined);
    expect(known).not.toEqual([]);
    expect(failures).toEqual([]);
  });

  it('shows nothing of another document, and tells of failures', async () => {
    const { engine, book, state, failures } = desk('One is.');
    await book.steps(state, 3, []);
    const other = new DocumentState('file:///other.md', 'Two is.', engine);
    engine.answerNext = () => Promise.reject(new EngineError('crashed', 'It crashed.'));
    expect(await book.steps(other, 3, [])).toEqual([]);
    expect(failures).toEqual(['It crashed.']);
    book.forget();
    expect(await book.steps(state, 3, [])).toEqual([]);
  });
});

describe('the message above the tree', () => {
  const situation: ViewSituation = {
    verdict: { on: true },
    isOnSomewhere: true,
    engine: { kind: 'stopped' },
    length: 10,
    isBlank: false,
  };
  const message = (change: Partial<ViewSituation> = {}): string | undefined =>
    viewMessage({ ...situation, ...change }, english);
  const failed: EngineState = { kind: 'failed', error: new EngineError('crashed', 'It crashed.') };

  it('says what hinders, and nothing otherwise', () => {
    expect(viewMessage(undefined, english)).toBeUndefined();
    expect(message()).toBeUndefined();
    expect(message({ engine: failed })).toBe('It crashed.');
    expect(message({ engine: { kind: 'starting' } })).toMatch(/starting/);
    expect(message({ length: 2_000_000 })).toMatch(/too large/);
    expect(message({ isBlank: true })).toMatch(/after the first sentence/);
    for (const reason of ['file', 'snoozed', 'too-large'] as const)
      expect(message({ verdict: { on: false, reason } })).toBeDefined();
    const off = { verdict: { on: false, reason: 'setting' }, engine: failed } as const;
    expect(message(off)).toMatch(/turned off here/);
    expect(message({ ...off, isOnSomewhere: false })).toBeUndefined();
  });
});
