import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitUnits, UnitDocument } from '../../../src/text/units';
import { PIECES } from './laws';

const markdown = fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join(''));
const anything = fc.oneof(markdown, fc.string({ unit: 'binary', maxLength: 60 }));

describe('UnitDocument.closedWith', () => {
  it('counts what would be closed if the text stopped at a place and went on otherwise', () => {
    fc.assert(
      fc.property(anything, fc.nat(), fc.constantFrom(' ', '\n', '\n\n', 'Word. ', ''), (text, at, following) => {
        const offset = at % (text.length + 1);
        const whole = splitUnits(text.slice(0, offset) + following);
        const closed = whole.filter(({ closedAt }) => closedAt !== Infinity).length;
        expect(new UnitDocument(text).closedWith(offset, following)).toBe(closed);
      }),
      { numRuns: 5000 },
    );
  });

  it('does so after edits', () => {
    fc.assert(
      fc.property(anything, fc.nat(), fc.nat(9), anything, fc.nat(), (text, from, length, added, at) => {
        const document = new UnitDocument(text);
        const start = from % (text.length + 1);
        document.edit(start, Math.min(text.length, start + length), added);
        const offset = at % (document.text.length + 1);
        const whole = splitUnits(`${document.text.slice(0, offset)} `);
        expect(document.closedWith(offset, ' ')).toBe(whole.filter(({ closedAt }) => closedAt !== Infinity).length);
      }),
      { numRuns: 3000 },
    );
  });
});
