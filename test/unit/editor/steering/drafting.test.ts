import { describe, expect, it } from 'vitest';
import { DocumentState } from '../../../../src/editor/documents/documentState';
import { draft, type DraftOrder, type DraftOutcome } from '../../../../src/editor/steering/drafting';
import type { CompleteRequest } from '../../../../src/engine/engine';
import type { CompleteReply } from '../../../../src/engine/protocol';
import { FakeEngineDocument } from '../support/fakeEngineDocument';

/** An engine that writes the sentences it is given, then has nothing to say. */
class Writer extends FakeEngineDocument {
  readonly asked: CompleteRequest[] = [];
  readonly state: DocumentState;
  readonly controller = new AbortController();
  takes = true;

  constructor(
    text: string,
    private readonly sentences: string[],
  ) {
    super();
    this.state = new DocumentState(this.key, text, this);
  }

  override next(): Promise<never> {
    return Promise.resolve({ steps: [[{ id: 100 + this.asked.length, probability: 0.5 }]] }) as Promise<never>;
  }

  override complete(request?: CompleteRequest): Promise<never> {
    this.asked.push(request!);
    const text = this.sentences.shift();
    const reply: CompleteReply = {
      completions: text === undefined ? [] : [{ text, labels: [], confidence: 1 }],
      reason: text === undefined ? { kind: 'end-of-text', sentence: 'The model expects the text to end here.' } : null,
      milliseconds: { plan: 0, first: 0, total: 0 },
    };
    return Promise.resolve(reply) as Promise<never>;
  }

  draft(order: Partial<DraftOrder> = {}): Promise<DraftOutcome> {
    const { state } = this;
    return draft({
      state,
      offset: state.text.length,
      eol: '\n',
      sentences: 4,
      label: undefined,
      insert: (offset, text) => {
        if (this.takes) state.edit([{ start: offset, end: offset, text }]);
        return Promise.resolve(this.takes);
      },
      signal: this.controller.signal,
      ...order,
    });
  }
}

describe('a draft', () => {
  it('follows the pins, then what the plan holds most probable, each sentence where the last one ended', async () => {
    const writer = new Writer('It is.', [' One.', ' Two.', ' Three.', ' Four.', ' Five.']);
    writer.state.steering.set(6, { pins: [7, 8], never: [3] });
    expect(await writer.draft()).toEqual({ sentences: 4, silence: undefined });
    expect(writer.state.text).toBe('It is. One. Two. Three. Four.');
    expect(writer.asked.map(({ offset, pins, never }) => ({ offset, pins, never }))).toEqual([
      { offset: 6, pins: [7, 8], never: [3] },
      { offset: 11, pins: [8], never: [] },
      { offset: 16, pins: [102], never: [] },
      { offset: 23, pins: [103], never: [] },
    ]);
    expect(writer.asked.every(({ gate, stop }) => gate === 'open' && stop === 'sentence')).toBe(true);
  });

  it('counts the line ends that the document has', async () => {
    const writer = new Writer('Things to take:', ['\n\n- One.', ' Two.']);
    // As the editor does in a document with such line ends.
    const insert: DraftOrder['insert'] = (offset, text) => {
      writer.state.edit([{ start: offset, end: offset, text: text.replace(/\r?\n/g, '\r\n') }]);
      return Promise.resolve(true);
    };
    await writer.draft({ eol: '\r\n', sentences: 2, insert });
    expect(writer.state.text).toBe('Things to take:\r\n\r\n- One. Two.');
  });

  it('of a given label is bound to that, whatever is pinned', async () => {
    const writer = new Writer('It is.', [' One.']);
    writer.state.steering.set(6, { pins: [7], never: [] });
    await writer.draft({ sentences: 1, label: 9 });
    expect(writer.asked[0]!.pins).toEqual([9]);
  });

  it('puts a space between sentences, and none into a word or behind a space', async () => {
    for (const [before, sentence, after] of [
      ['It is.', 'One.', 'It is. One.'],
      ['It is. ', 'One.', 'It is. One.'],
      ['It is. Won', 'der.', 'It is. Wonder.'],
      ['It is.\n\n', 'One.', 'It is.\n\nOne.'],
    ] as const) {
      const writer = new Writer(before, [sentence]);
      await writer.draft({ sentences: 1 });
      expect(writer.state.text).toBe(after);
    }
  });

  it('ends with its paragraph', async () => {
    const writer = new Writer('It is.', [' One.', '\r\n\r\nTwo.']);
    expect(await writer.draft()).toMatchObject({ sentences: 1, silence: { kind: 'new-paragraph' } });
    expect(writer.state.text).toBe('It is. One.');
  });

  it('may begin a paragraph, and goes on in a list', async () => {
    const writer = new Writer('It is:', ['\n\n- One.', '\n- Two.']);
    expect(await writer.draft({ sentences: 2 })).toMatchObject({ sentences: 2 });
    expect(writer.state.text).toBe('It is:\n\n- One.\n- Two.');
  });

  it('says why there is nothing', async () => {
    expect(await new Writer('It is.', []).draft()).toMatchObject({ sentences: 0, silence: { kind: 'end-of-text' } });
    const writer = new Writer('It is.', [' One.']);
    writer.takes = false;
    expect(await writer.draft()).toMatchObject({ sentences: 0, silence: { kind: 'not-taken' } });
  });

  it('ends at the signal without putting in what comes after it', async () => {
    const writer = new Writer('It is.', [' One.', ' Two.']);
    const outcome = await writer.draft({
      insert: (offset, text) => {
        writer.state.edit([{ start: offset, end: offset, text }]);
        writer.controller.abort();
        return Promise.resolve(true);
      },
    });
    expect(outcome).toEqual({ sentences: 1, silence: undefined });
    expect(writer.state.text).toBe('It is. One.');
  });
});
