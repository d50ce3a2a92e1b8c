import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pauses, type PauseReason } from '../../../../src/editor/training/pauses';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

let battery = false;
function watched() {
  battery = false;
  const told: (PauseReason | undefined)[] = [];
  const pauses = new Pauses({
    onBattery: () => Promise.resolve(battery),
    typingMilliseconds: 5000,
    engineMilliseconds: 500,
    batteryMilliseconds: 60_000,
  });
  const begin = (): void => pauses.begin((reason) => told.push(reason));
  return { pauses, told, begin };
}

describe('pauses', () => {
  it('waits while one types, and goes on some seconds after the last key', async () => {
    const { pauses, told, begin } = watched();
    begin();
    pauses.typed();
    await vi.advanceTimersByTimeAsync(4900);
    pauses.typed();
    await vi.advanceTimersByTimeAsync(4900);
    expect(told).toEqual(['typing']);
    await vi.advanceTimersByTimeAsync(200);
    expect(told).toEqual(['typing', undefined]);
  });

  it('waits while the engine works, and does not go on between two requests', async () => {
    const { pauses, told, begin } = watched();
    begin();
    pauses.engine(true);
    pauses.engine(false);
    await vi.advanceTimersByTimeAsync(400);
    pauses.engine(true);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual(['engine']);
    pauses.engine(false);
    await vi.advanceTimersByTimeAsync(600);
    expect(told).toEqual(['engine', undefined]);
  });

  it('waits on battery until it is plugged in, and looks once a minute', async () => {
    const { told, begin } = watched();
    battery = true;
    begin();
    await vi.advanceTimersByTimeAsync(0);
    expect(told).toEqual(['battery']);
    battery = false;
    await vi.advanceTimersByTimeAsync(59_000);
    expect(told).toEqual(['battery']);
    await vi.advanceTimersByTimeAsync(2000);
    expect(told).toEqual(['battery', undefined]);
  });

  it('names what lasts longest, and tells of changes only', async () => {
    const { pauses, told, begin } = watched();
    begin();
    pauses.engine(true);
    pauses.typed();
    pauses.typed();
    battery = true;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual(['engine', 'typing', 'engine', 'battery']);
    expect(pauses.reason).toBe('battery');
  });

  it('begins as waiting where the engine is at work already', () => {
    const { pauses, told, begin } = watched();
    pauses.engine(true);
    pauses.typed();
    begin();
    expect(told).toEqual(['engine']);
  });

  it('is silent after its end, also of what was found out too late', async () => {
    const { pauses, told, begin } = watched();
    begin();
    pauses.typed();
    pauses.end();
    expect([told.splice(0), pauses.reason]).toEqual([['typing'], undefined]);
    battery = true;
    begin();
    pauses.end();
    pauses.typed();
    pauses.engine(true);
    await vi.advanceTimersByTimeAsync(120_000);
    expect([told, pauses.reason]).toEqual([[], undefined]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('has what takes the focus wait until nobody types, also while nothing is fine-tuned', async () => {
    const { pauses } = watched();
    let asked = 0;
    const ask = (signal = new AbortController().signal): void => void pauses.rest(signal).then(() => asked++);
    ask();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toBe(1);
    pauses.typed();
    ask();
    await vi.advanceTimersByTimeAsync(1900);
    pauses.typed();
    await vi.advanceTimersByTimeAsync(1900);
    expect(asked).toBe(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(asked).toBe(2);
    const cancelled = new AbortController();
    pauses.typed();
    ask(cancelled.signal);
    cancelled.abort();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toBe(3);
  });
});
