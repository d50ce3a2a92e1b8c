import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closedUnitCount, splitUnits } from '../../../src/text/units';
import { chooseWindow } from '../../../src/writing/window';
import { ToyModel } from '../support/toyModel';
import { TOY_TEXT } from '../support/toyText';

const { tokenizer } = new ToyModel();

function windowOf(text: string, cursor: number, budget: number) {
  const units = splitUnits(text.slice(0, cursor));
  const closed = closedUnitCount(units, cursor);
  return chooseWindow({ text, units, cursor, closed, encode: (part) => tokenizer.encode(part) }, budget);
}

describe('the window of the LM', () => {
  it('is the text from its start to the cursor, within the budget', () => {
    const text = `${TOY_TEXT}${'word '.repeat(80)}${'你好'.repeat(60)}\n\n${TOY_TEXT}`;
    fc.assert(
      fc.property(fc.nat(text.length), fc.constantFrom(24, 48, 100), (cursor, budget) => {
        const { start, ids, ends } = windowOf(text, cursor, budget);
        expect(ids.length).toBeLessThanOrEqual(budget);
        expect(tokenizer.decode(ids)).toBe(text.slice(start, cursor));
        expect(ends).toHaveLength(ids.length);
        expect(ends.at(-1) ?? cursor).toBe(cursor);
        if (start > 0) expect(ids.length).toBeGreaterThanOrEqual(budget / 4);
      }),
      {
        numRuns: 150,
        examples: [
          [0, 24],
          [1, 24],
        ],
      },
    );
  });

  it('reads a short text from its start', () => {
    expect(windowOf(TOY_TEXT, 60, 100).start).toBe(0);
  });

  it('starts at a line where the oldest quarter of the budget has one', () => {
    const text = TOY_TEXT.repeat(3);
    const budget = 150;
    let lines = 0;
    for (let cursor = 2000; cursor < 2600; cursor += 7) {
      const { start } = windowOf(text, cursor, budget);
      if (text[start - 1] === '\n') lines++;
      else {
        const nextLine = text.indexOf('\n', start) + 1;
        const left = tokenizer.encode(text.slice(nextLine, cursor)).ids.length;
        expect(left).toBeLessThan(0.75 * budget + 1);
      }
    }
    expect(lines).toBeGreaterThan(0);
  });

  it('moves its start in jumps while text is typed, also inside one endless unit', () => {
    for (const [text, budget] of [
      [TOY_TEXT.repeat(3), 150],
      ['word '.repeat(600), 100],
    ] as const) {
      let moves = 0;
      let last = -1;
      for (let cursor = 1500; cursor < 2100; cursor++) {
        const { start } = windowOf(text, cursor, budget);
        if (start !== last) moves++;
        last = start;
      }
      expect(moves).toBeLessThan(30);
    }
  });
});
