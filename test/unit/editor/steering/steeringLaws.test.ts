import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offsetBefore, unitBehind, unitWritten } from '../../../../src/editor/steering/target';
import { closedUnitCount, splitUnits, UnitDocument } from '../../../../src/text/units';
import { PIECES } from '../../text/laws';
import { Draft } from './draft';

// Without the bullet that people paste: where it stands behind "***", that was no rule after all.
const markdown = fc
  .array(fc.constantFrom(...PIECES.filter((piece) => piece !== '•'), 'One is. ', 'Two is here. ', '\n\n'), {
    maxLength: 40,
  })
  .map((pieces) => pieces.join('').replaceAll('|', '/'));
const edit = fc.record({
  at: fc.nat(),
  length: fc.nat(12),
  text: fc.constantFrom('', 'x', '. ', 'Yes. ', '\n\n', '- ', 'No way'),
});
const edits = fc.array(edit, { maxLength: 8 });

/** A draft with pins at some places. */
function pinned(text: string, places: readonly number[]): Draft {
  const draft = new Draft(`${text}|`);
  for (const [label, place] of places.entries()) {
    draft.cursor = place % (text.length + 1);
    draft.pin(label, label + 100);
  }
  return draft;
}

/** What holds everywhere in the text. */
const everywhere = ({ text, steering }: Draft): unknown[] =>
  Array.from({ length: text.length + 1 }, (_, offset) => steering.at(offset));

describe('the unit being written', () => {
  it('is the one that the engine binds the first pin to', () => {
    fc.assert(
      fc.property(markdown, fc.nat(), (text, n) => {
        const offset = n % (text.length + 1);
        // As in src/writing/complete.ts.
        const before = text.slice(0, offset);
        const closed = closedUnitCount(splitUnits(before), offset);
        const ends =
          offset > 0 && !/\s$/.test(before) && closedUnitCount(splitUnits(`${before} `), offset + 1) > closed;
        expect(unitWritten(new UnitDocument(text), offset)).toBe(closed + (ends ? 1 : 0));
      }),
      { numRuns: 3000 },
    );
  });

  it('has an offset at which the engine tells of it', () => {
    fc.assert(
      fc.property(markdown, fc.nat(), (text, n) => {
        const units = new UnitDocument(text);
        const unit = unitWritten(units, n % (text.length + 1));
        const offset = offsetBefore(units, unit);
        // As in src/writing/session.ts.
        const told = offset >= text.length ? units.units.length : closedUnitCount(units.units, offset);
        // Two units may be known to have ended by the same character: there is no place for the second one then.
        if (told !== unit) {
          expect(told).toBe(unit + 1);
          expect([offset, Infinity, undefined]).toContain(units.units[unit]?.closedAt);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('Steering', () => {
  it('holds where it was set, whatever the text', () => {
    fc.assert(
      fc.property(markdown, fc.nat(), (text, n) => {
        const draft = pinned(text, [n]);
        expect(draft.pins).toEqual([0, 100]);
        expect(unitBehind(draft.units, draft.steering.places[0]!.offset)).toBe(unitWritten(draft.units, draft.cursor));
        expect(draft.pin().steering.places).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  it('holds within the last line of a fence, which is something else as long as it is not whole', () => {
    expect(pinned('![x](y)\n> ~~~\n~~~\n\n\ne.g. $$\n', [15]).pins).toEqual([0, 100]);
  });

  it('has places in order within the text, whatever is edited', () => {
    fc.assert(
      fc.property(markdown, fc.array(fc.nat(), { maxLength: 4 }), edits, (text, places, changes) => {
        const draft = pinned(text, places);
        for (const { at, length, text: added } of changes) {
          const start = at % (draft.text.length + 1);
          draft.replace(start, Math.min(draft.text.length, start + length), added);
        }
        for (const { offset } of draft.steering.places) {
          expect(offset).toBeGreaterThanOrEqual(0);
          expect(offset).toBeLessThanOrEqual(draft.text.length);
        }
        expect(() => everywhere(draft)).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });

  it('is again what it was when an edit is undone', () => {
    fc.assert(
      fc.property(markdown, fc.array(fc.nat(), { maxLength: 3 }), edit, (text, places, { at, length, text: added }) => {
        const draft = pinned(text, places);
        const before = everywhere(draft);
        const start = at % (draft.text.length + 1);
        draft.replace(start, Math.min(draft.text.length, start + length), added).undo();
        expect(draft.text).toBe(text);
        expect(everywhere(draft)).toEqual(before);
      }),
      { numRuns: 3000 },
    );
  });

  it('is again where it was when many edits are undone', () => {
    // Of single characters nobody knows whether they are undone or typed; and no text that is put in is like what was there.
    const apart = fc.record({
      at: fc.nat(),
      length: fc.nat(12).map((length) => (length === 1 ? 0 : length)),
      adds: fc.boolean(),
    });
    fc.assert(
      fc.property(
        markdown,
        fc.array(fc.nat(), { maxLength: 3 }),
        fc.array(apart, { maxLength: 8 }),
        (text, places, changes) => {
          const draft = pinned(text, places);
          const before = draft.steering.places;
          for (const [n, { at, length, adds }] of changes.entries()) {
            const added = adds ? `${n}ÄÖ. ${n}Ü` : '';
            const end = Math.min(draft.text.length, (at % (draft.text.length + 1)) + length);
            draft.replace(Math.max(0, end - length), end, added);
          }
          draft.undo(changes.length);
          expect(draft.steering.places).toEqual(before);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('is moved by edits elsewhere, and by nothing else changed', () => {
    const words = fc.constantFrom('', 'x', 'Yes. ', 'A few words', '\n\n');
    fc.assert(
      fc.property(words, words, fc.nat(15), fc.nat(15), (first, last, from, to) => {
        const draft = new Draft('Before it is. So.\n\nOne is.|\n\nBehind it is. So.').pin(7);
        draft.replace(from, Math.max(from, Math.min(to, 15)), first);
        const behind = draft.text.indexOf('Behind') + 1;
        draft.replace(behind + Math.min(from, 8), behind + Math.max(Math.min(from, 8), Math.min(to, 8)), last);
        expect(draft.go('One is.').pins).toEqual([7]);
        expect(draft.steering.at(behind + 1).pins).toEqual([]);
        expect(draft.go('One').pins).toEqual([]);
      }),
    );
  });

  it('holds for as many sentences as are pinned, in order, however they are typed', () => {
    const sentence = fc.constantFrom(' It is.', ' Why not?', '\n\nA new paragraph.', ' It costs 3.5 euros, e.g. here.');
    fc.assert(
      fc.property(fc.array(sentence, { minLength: 1, maxLength: 5 }), fc.boolean(), (sentences, slowly) => {
        const draft = new Draft('One is.|\n\nEnd.');
        const labels = sentences.map((_, n) => n);
        draft.pin(...labels);
        for (const [n, text] of sentences.entries()) {
          expect(draft.pins).toEqual(labels.slice(n));
          if (slowly) draft.type(text);
          else draft.insert(text);
        }
        expect(draft.pins).toEqual([]);
      }),
    );
  });
});
