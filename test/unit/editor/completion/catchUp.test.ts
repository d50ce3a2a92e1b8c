import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CatchUp } from '../../../../src/editor/completion/catchUp';

describe('who types while the extension is being activated', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is answered once, after the last key', () => {
    const trigger = vi.fn();
    const catchUp = new CatchUp(trigger);
    for (let key = 0; key < 5; key++) {
      catchUp.edited('a.md');
      vi.advanceTimersByTime(100);
    }
    expect(trigger).not.toHaveBeenCalled();
    vi.advanceTimersByTime(100);
    expect(trigger.mock.calls).toEqual([['a.md']]);
    catchUp.edited('a.md');
    vi.runAllTimers();
    expect(trigger).toHaveBeenCalledTimes(1);
  });

  it('is left to the editor once it has asked', () => {
    const trigger = vi.fn();
    const catchUp = new CatchUp(trigger);
    catchUp.edited('a.md');
    catchUp.asked();
    catchUp.edited('a.md');
    vi.runAllTimers();
    expect(trigger).not.toHaveBeenCalled();
  });

  it('is forgotten with the extension', () => {
    const trigger = vi.fn();
    const catchUp = new CatchUp(trigger);
    catchUp.edited('a.md');
    catchUp.dispose();
    vi.runAllTimers();
    expect(trigger).not.toHaveBeenCalled();
  });
});
