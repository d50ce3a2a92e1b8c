import { describe, expect, it } from 'vitest';
import { AdaptiveDebounce } from '../../../../src/editor/completion/debounce';

/** Keys struck every `gap` milliseconds. */
function typing(gap: number, keys = 12): AdaptiveDebounce {
  const debounce = new AdaptiveDebounce();
  for (let n = 0; n < keys; n++) debounce.typed(n * gap);
  return debounce;
}

describe('AdaptiveDebounce', () => {
  it('starts at 250 ms', () => {
    expect(new AdaptiveDebounce().delay(120)).toBe(250);
    expect(typing(100, 3).delay(120)).toBe(250);
  });

  it('waits a little longer than the pauses of this writer', () => {
    expect(typing(200).delay(120)).toBe(300);
    expect(typing(300).delay(120)).toBe(450);
  });

  it('stays between the setting and 600 ms', () => {
    expect(typing(40).delay(120)).toBe(120);
    expect(typing(900).delay(120)).toBe(600);
    expect(typing(900).delay(2000)).toBe(2000);
    expect(typing(40).delay(0)).toBe(60);
  });

  it('waits less where the engine takes long', () => {
    const debounce = typing(300);
    debounce.answered(100);
    debounce.answered(200);
    expect(debounce.delay(120)).toBe(300);
    for (let n = 0; n < 10; n++) debounce.answered(5000);
    expect(debounce.delay(120)).toBe(120);
  });

  it('does not take thinking or a held key for typing', () => {
    const debounce = typing(200);
    debounce.typed(100_000);
    debounce.typed(100_001);
    debounce.typed(100_002);
    expect(debounce.delay(120)).toBe(300);
  });

  it('forgets old gaps', () => {
    const debounce = typing(900);
    for (let n = 0; n < 40; n++) debounce.typed(20_000 + n * 100);
    expect(debounce.delay(120)).toBe(150);
  });

  it('does not wait after an acceptance, until a key is struck', () => {
    const debounce = typing(200);
    debounce.accepted();
    expect(debounce.delay(120)).toBe(0);
    debounce.typed(12 * 200);
    expect(debounce.delay(120)).toBe(300);
  });

  it('waits after a change that is no key, and learns nothing from it', () => {
    const debounce = new AdaptiveDebounce();
    debounce.accepted();
    debounce.changed(1000);
    expect(debounce.remaining(1000, 0)).toBe(250);
    for (let key = 0; key < 10; key++) debounce.changed(1000 + 50 * key);
    expect(debounce.delay(0)).toBe(250);
  });

  it('counts from the last keystroke', () => {
    const debounce = typing(200, 11);
    expect(debounce.remaining(2000, 120)).toBe(300);
    expect(debounce.remaining(2100, 120)).toBe(200);
    expect(debounce.remaining(3000, 120)).toBe(0);
    expect(new AdaptiveDebounce().remaining(0, 120)).toBe(0);
  });
});
