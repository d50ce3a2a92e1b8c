import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Counters, type Counts } from '../../../../src/editor/completion/counters';
import { Trouble } from '../../../../src/editor/completion/trouble';
import type { Engine, EngineState } from '../../../../src/engine/engine';
import { CRASH } from './support';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('Counters', () => {
  it('go on from what was kept, and are kept now and then', () => {
    const saved: Counts[] = [];
    const kept: Counts = { offered: 10, whole: 1, sentences: 0, parts: 0, characters: 40 };
    const store = { get: () => saved.at(-1) ?? kept, update: (_key: string, counts: Counts) => saved.push(counts) };
    const counters = new Counters(store);
    counters.offered();
    counters.accepted('whole', 20);
    counters.accepted('parts', 5);
    expect(saved).toHaveLength(0);
    vi.advanceTimersByTime(5000);
    expect(saved).toEqual([{ offered: 11, whole: 2, sentences: 0, parts: 1, characters: 65 }]);
    counters.dispose();
    expect(saved).toHaveLength(1);
    counters.accepted('sentences', 1);
    counters.dispose();
    expect(saved[1]).toEqual({ offered: 11, whole: 2, sentences: 1, parts: 1, characters: 66 });
  });

  it('of two windows add up', () => {
    let kept: Counts | undefined;
    const store = { get: () => kept, update: (_key: string, counts: Counts) => (kept = counts) };
    const [one, other] = [new Counters(store), new Counters(store)];
    one.accepted('whole', 10);
    one.accepted('whole', 10);
    other.accepted('whole', 5);
    expect(one.current.characters).toBe(20);
    vi.advanceTimersByTime(5000);
    expect(kept).toMatchObject({ whole: 3, characters: 25 });
    expect([one.current.whole, other.current.whole]).toEqual([3, 3]);
  });
});

describe('Trouble', () => {
  it('is told once, until the engine is in another state', () => {
    const told: string[] = [];
    let change: (state: EngineState) => void = () => undefined;
    const engine: Partial<Engine> = {
      onDidChangeState: (listener) => {
        change = listener;
        return { dispose: () => undefined };
      },
    };
    const trouble = new Trouble(engine as Engine, (message) => told.push(message));
    trouble.tell(CRASH);
    trouble.tell(CRASH);
    expect(told).toEqual(['The engine ended.']);
    change({ kind: 'stopped' });
    trouble.tell(CRASH);
    expect(told).toHaveLength(2);
  });
});
