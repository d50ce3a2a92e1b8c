import { describe, expect, it } from 'vitest';
import { InfluenceBook, unitsToExplain } from '../../../../src/editor/hover/influenceBook';
import { reasons, whyMarkdown } from '../../../../src/editor/hover/why';
import type { Influence } from '../../../../src/engine/protocol';
import { english } from '../support/localiser';
import { stateOf } from '../support/plannedState';

const TEXT = 'One *is* here. Two is here. Three is here.';

function influence(unit: number, ...withouts: number[]): Influence {
  return { unit, label: 3, probability: 0.41, sources: withouts.map((without, n) => ({ unit: n, without })) };
}

describe('reasons', () => {
  it('are the sentences with the largest drop, two at most', () => {
    expect(reasons(influence(4, 0.3, 0.1, 0.2, 0.5)).map(({ unit }) => unit)).toEqual([1, 2]);
  });

  it('are none where leaving a sentence out changes little', () => {
    expect(reasons(influence(2, 0.4, 0.39))).toEqual([]);
    expect(whyMarkdown(stateOf(TEXT), influence(2, 0.4, 0.6), english)).toBeUndefined();
  });

  it('are said with the words they begin with', () => {
    expect(whyMarkdown(stateOf(TEXT), influence(2, 0.22, 0.4), english)).toBe(
      'mostly because of: “One \\*is\\* here\\.” (without it 41 \\% → 22 \\%)',
    );
  });
});

describe('unitsToExplain', () => {
  it('are those of the paragraph and the one behind', () => {
    expect(unitsToExplain({ from: 3, to: 6 }, 4)).toEqual([3, 4, 5, 6]);
  });

  it('are those around the caret where there are many', () => {
    const units = unitsToExplain({ from: 0, to: 100 }, 50);
    expect(units).toHaveLength(13);
    expect(units).toContain(50);
    expect(units.at(-1)).toBe(100);
    expect(unitsToExplain({ from: 0, to: 100 }, 99)).toEqual([88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100]);
  });
});

describe('InfluenceBook', () => {
  it('keeps what was computed, paragraph by paragraph, until the text changes', () => {
    const book = new InfluenceBook();
    const state = stateOf(TEXT);
    book.add(state, state.revision, [influence(1, 0.2)]);
    book.add(state, state.revision, [influence(2, 0.2)]);
    expect(book.get(state, 1)).toBeDefined();
    expect(book.get(state, 2)).toBeDefined();
    const before = state.revision;
    state.edit([{ start: 0, end: 0, text: 'x' }]);
    expect(book.get(state, 1)).toBeUndefined();
    book.add(state, before, [influence(1, 0.2)]);
    expect(book.get(state, 1)).toBeUndefined();
  });
});
