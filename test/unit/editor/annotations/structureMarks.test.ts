import { describe, expect, it } from 'vitest';
import { markMessage, structureMarks } from '../../../../src/editor/annotations/structureMarks';
import { english } from '../support/localiser';
import { letters, plannedState } from '../support/plannedState';

const TEXT = '# Title\r\n\r\nOne is here. Two is here.\r\n\r\nThree follows.\r\n';
const predicted = [
  { id: 0, probability: 0.4 },
  { id: 1, probability: 0.004 },
];
const surprising = (surprisal: number) => (n: number) => ({ label: n, predicted, surprisal });

describe('structureMarks', () => {
  it('marks sentences of so many bits, without the space around them, and no headings', () => {
    const marks = structureMarks(plannedState(TEXT, surprising(14)), 14);
    expect(marks.map(({ start, end }) => TEXT.slice(start, end))).toEqual([
      'One is here.',
      'Two is here.',
      'Three follows.',
    ]);
  });

  it('marks nothing below the threshold', () => {
    expect(structureMarks(plannedState(TEXT, surprising(13.9)), 14)).toEqual([]);
  });

  it('never marks a sentence whose text has changed, and keeps the others', () => {
    const state = plannedState(TEXT, surprising(20));
    const at = TEXT.indexOf('Two') + 3;
    state.edit([{ start: at, end: at, text: 'fold' }]);
    const marks = structureMarks(state, 14).map(({ start, end }) => state.text.slice(start, end));
    expect(marks).toEqual(['One is here.', 'Three follows.']);
  });
});

describe('markMessage', () => {
  it('says what the sentence is and what was expected', () => {
    const [mark] = structureMarks(plannedState(TEXT, surprising(14)), 14);
    expect(markMessage({ ...mark!, label: 2 }, letters, english)).toBe(
      'Improbable here: a sentence of the kind “C” (<0.1\u00a0%). Expected: “A” (40\u00a0%), “B” (<1\u00a0%).',
    );
  });
});
