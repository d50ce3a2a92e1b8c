import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { movedRegion, regionOf, type Region } from '../../../../src/editor/steering/region';

/** A text and a region in it. */
interface Held {
  readonly text: string;
  readonly region: Region;
}

function replaced({ text, region }: Held, start: number, length: number, added: string): Held {
  const removed = text.slice(start, start + length);
  return {
    text: text.slice(0, start) + added + text.slice(start + length),
    region: movedRegion(region, { start, removed, text: added }),
  };
}

const ends = ({ region: { start, end } }: Held): [number, number] => [start.offset, end.offset];

describe('a region', () => {
  it('begins before it ends, within the text, whatever is edited', () => {
    // Few letters: what is put in is often like what was deleted, on either side.
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 4 });
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(3), text), { maxLength: 12 });
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(), edits, (whole, one, other, changes) => {
        const [start, end] = [one % (whole.length + 1), other % (whole.length + 1)].sort((a, b) => a - b);
        let held: Held = { text: whole, region: regionOf(start!, end!) };
        for (const [at, length, added] of changes) {
          const from = at % (held.text.length + 1);
          held = replaced(held, from, Math.min(length, held.text.length - from), added);
          const [first, last] = ends(held);
          expect(first).toBeGreaterThanOrEqual(0);
          expect(last).toBeGreaterThanOrEqual(first);
          expect(last).toBeLessThanOrEqual(held.text.length);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('takes text in place of what was deleted across its beginning or its end for its own, unless it is the same', () => {
    const across = { text: 'before inside behind', region: regionOf(7, 13) };
    const start = replaced(across, 3, 7, '');
    expect(ends(replaced(start, 3, 0, 'ore ins'))).toEqual([7, 13]);
    expect(ends(replaced(start, 3, 0, 'ore on'))).toEqual([3, 12]);
    const end = replaced(across, 10, 7, '');
    expect(ends(replaced(end, 10, 0, 'ide beh'))).toEqual([7, 13]);
    expect(ends(replaced(end, 10, 0, 'on beh'))).toEqual([7, 16]);
  });

  it('takes a step of undo for what it is, and what is typed behind it for its own', () => {
    let held: Held = { text: 'abc', region: regionOf(3, 3) };
    for (const at of [2, 1, 0]) held = replaced(held, at, 1, '');
    expect(ends(replaced(replaced(held, 0, 0, 'ab'), 2, 0, 'x'))).toEqual([2, 3]);
  });

  it('remembers no more than so much of what was deleted', () => {
    const longest = 'x'.repeat(100_000);
    const regained = (text: string): [number, number] => {
      const held = replaced({ text, region: regionOf(text.length, text.length) }, 0, text.length, '');
      return ends(replaced(held, 0, 0, text));
    };
    expect(regained(longest)).toEqual([100_000, 100_000]);
    expect(regained(`${longest}x`)).toEqual([0, 100_001]);
    let held: Held = { text: longest, region: regionOf(1500, 1500) };
    for (let at = 1499; at >= 0; at--) held = replaced(held, at, 1, '');
    expect(held.region.start.lost).toHaveLength(1000);
  });
});
