import { expect, it } from 'vitest';
import { LabelBook } from '../../../src/editor/labelBook';
import type { Engine, EngineState } from '../../../src/engine/engine';
import type { LabelInfo } from '../../../src/engine/protocol';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

it('tells when the labels are another model’s, and not when they are the same ones', async () => {
  let become: (state: EngineState) => void = () => undefined;
  let names: readonly string[] = [];
  const engine: Partial<Engine> = {
    onDidChangeState: (listener) => {
      become = listener;
      return { dispose: () => undefined };
    },
    labels: () => Promise.resolve(names.map((name) => ({ name }) as LabelInfo)),
  };
  const book = new LabelBook(engine as Engine, (error) => {
    throw error;
  });
  const events: string[] = [];
  book.changed.listen(() => events.push('changed'));
  book.replaced.listen(() => events.push('replaced'));
  const opened = async (weightsId: string, ...labels: string[]): Promise<void> => {
    names = labels;
    become({ kind: 'ready', info: { weightsId }, skippedDevice: undefined } as EngineState);
    await settle();
  };
  await opened('starter', 'Gives a reason', 'Asks');
  await opened('tuned', 'Gives a reason', 'Asks');
  expect(events).toEqual(['changed', 'changed']);
  await opened('another', 'Gives a reason', 'Tells');
  await opened('smaller', 'Gives a reason');
  expect(events.slice(2)).toEqual(['replaced', 'changed', 'replaced', 'changed']);
  expect(book.name(0)).toBe('Gives a reason');
});
