import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  begun,
  chosen,
  excluded,
  expectedAt,
  pinnedLater,
  type Picking,
} from '../../../../src/editor/steering/picking';
import { choices, type ActionChoice, type Choice, type LabelChoice } from '../../../../src/editor/steering/choices';
import { allowed, banned, broughtForward, moved, pinned, unpinned } from '../../../../src/editor/steering/pins';
import { english } from '../support/localiser';

const NOTHING = { pins: [], never: [] };

describe('pins', () => {
  it('are put at a step in place of another; steps before it are left to the plan', () => {
    expect(pinned(NOTHING, 5).pins).toEqual([5]);
    expect(pinned({ pins: [1, 2], never: [] }, 5).pins).toEqual([5, 2]);
    expect(pinned({ pins: [1, 2], never: [] }, 5, 2).pins).toEqual([1, 2, 5]);
    expect(pinned({ pins: [1], never: [] }, 5, 3).pins).toEqual([1, undefined, undefined, 5]);
  });

  it('and bans exclude each other, for the next sentence', () => {
    expect(pinned({ pins: [], never: [5, 6] }, 5)).toEqual({ pins: [5], never: [6] });
    expect(pinned({ pins: [], never: [5] }, 5, 1)).toEqual({ pins: [undefined, 5], never: [5] });
    expect(banned({ pins: [5, 6], never: [] }, 5)).toEqual({ pins: [undefined, 6], never: [5] });
    expect(banned({ pins: [6, 5], never: [5] }, 5)).toEqual({ pins: [6, 5], never: [5] });
    expect(allowed({ pins: [], never: [5, 6] }, 5).never).toEqual([6]);
  });

  it('are taken away and moved, the others in order', () => {
    expect(unpinned({ pins: [1, 2, 3], never: [] }, 1).pins).toEqual([1, 3]);
    expect(moved({ pins: [1, 2, 3], never: [] }, 2, 0).pins).toEqual([3, 1, 2]);
    expect(moved({ pins: [1, 2, 3], never: [] }, 0, -1).pins).toEqual([1, 2, 3]);
    expect(moved({ pins: [1, 2, 3], never: [] }, 0, 9).pins).toEqual([2, 3, 1]);
    expect(moved({ pins: [1], never: [] }, 4, 0).pins).toEqual([1]);
    expect(moved({ pins: [1], never: [] }, -1, 0).pins).toEqual([1]);
  });

  it('give way to one that is brought before them', () => {
    expect(broughtForward({ pins: [1, 2, 3], never: [] }, 2, 1).pins).toEqual([2, 1, 3]);
    expect(broughtForward({ pins: [1], never: [5, 6] }, 5, 2)).toEqual({ pins: [5, 1], never: [6] });
    expect(broughtForward({ pins: [undefined, 4], never: [] }, 5, 2).pins).toEqual([5, undefined, 4]);
  });

  it('keep all labels when they are moved', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(9)),
        fc.integer({ min: -3, max: 12 }),
        fc.integer({ min: -3, max: 12 }),
        (pins, a, b) => {
          expect([...moved({ pins, never: [] }, a, b).pins].sort()).toEqual([...pins].sort());
        },
      ),
    );
  });
});

describe('choices', () => {
  const label = (id: number, frequency: number, examples = ['An example.']) => ({
    id,
    name: `name ${id}`,
    terms: ['name', 'term', '$(x)'],
    examples,
    frequency,
  });
  const labels = [label(0, 0.1), label(1, 0.3), label(2, 0.2), label(3, 0.05, [])];
  const shown = (list: readonly Choice[]) =>
    list.map((choice) =>
      choice.kind === 'heading' ? choice.label : 'id' in choice ? `${choice.kind} ${choice.id}` : choice.kind,
    );

  it('lists pins, what is expected, bans, what else can be done, then all others by frequency, none twice but a pin', () => {
    const wishes = { pins: [undefined, 2], never: [3] };
    const listed = choices({ labels, expected: [{ id: 2, probability: 0.41 }], wishes, several: false }, english);
    expect(shown(listed)).toEqual([
      'Pinned: choose to unpin',
      'pinned 2',
      'Expected',
      'label 2',
      'Never here: choose to allow',
      'banned 3',
      'More',
      'several',
      'clear',
      'All labels',
      'label 1',
      'label 0',
    ]);
    expect(listed[1]).toMatchObject({ step: 1, description: 'step 2 · term, $\u2060(x)' });
    expect(listed[3]).toMatchObject({ description: '41\u00a0% · term, $\u2060(x)', detail: '“An example.”' });
    expect(listed[5]).toMatchObject({ description: 'term, $\u2060(x)', detail: '' });
  });

  it('offers to end where several are planned, and nothing to clear where nothing is chosen', () => {
    const listed = choices({ labels: [], expected: [], wishes: NOTHING, several: true }, english);
    expect(shown(listed)).toEqual(['More', 'done']);
  });

  it('leaves out what the model has no label for', () => {
    const listed = choices(
      { labels, expected: [{ id: 99, probability: 1 }], wishes: { pins: [98], never: [97] }, several: false },
      english,
    );
    expect(shown(listed).filter((line) => /9\d/.test(line))).toEqual([]);
  });
});

describe('picking', () => {
  const pick = (picking: Picking, kind: LabelChoice['kind'], id: number, step = 0): Picking =>
    chosen(picking, { kind, id, step, label: '', description: '', detail: '' });
  const action = (picking: Picking, kind: ActionChoice['kind']): Picking => chosen(picking, { kind, label: '' });

  it('of one label is done with it, and keeps what is pinned behind', () => {
    expect(pick(begun({ pins: [1, 2], never: [5] }), 'label', 5)).toMatchObject({
      wishes: { pins: [5, 2], never: [] },
      isDone: true,
    });
  });

  it('of several goes on until it is said to be done', () => {
    let picking = action(begun(NOTHING), 'several');
    for (const id of [4, 5, 6]) picking = pick(picking, 'label', id);
    expect(picking).toMatchObject({ wishes: { pins: [4, 5, 6] }, step: 3, isDone: false });
    picking = pick(picking, 'pinned', 5, 1);
    expect(picking).toMatchObject({ wishes: { pins: [4, 6] }, step: 2 });
    expect(action(picking, 'done')).toMatchObject({ wishes: { pins: [4, 6] }, isDone: true });
    expect(action(picking, 'clear')).toMatchObject({ wishes: NOTHING, step: 0, isDone: false });
  });

  it('takes back pins and bans', () => {
    const picking = begun({ pins: [1, 2], never: [3] });
    expect(pick(picking, 'pinned', 1)).toMatchObject({ wishes: { pins: [2] }, isDone: true });
    expect(pick(picking, 'banned', 3)).toMatchObject({ wishes: { never: [] }, isDone: true });
    expect(action(picking, 'clear')).toMatchObject({ wishes: NOTHING, isDone: true });
  });

  it('with buttons pins for later and excludes, and goes on', () => {
    const picking = pinnedLater(pinnedLater(begun(NOTHING), 4), 5);
    expect(picking).toMatchObject({ wishes: { pins: [undefined, 4, 5] }, isDone: false });
    expect(excluded(picking, 9).wishes.never).toEqual([9]);
  });

  it('with buttons pins behind the step that is chosen for, which is free for another choice', () => {
    const second = pick(action(begun(NOTHING), 'several'), 'label', 4);
    expect(pick(pinnedLater(second, 7), 'label', 5).wishes.pins).toEqual([4, 5, 7]);
  });

  it('lists what is expected of its step, as far as that is foretold', () => {
    const steps = [[{ id: 1, probability: 1 }], [{ id: 2, probability: 1 }]];
    const at = (step: number) => expectedAt({ ...begun(NOTHING), step }, steps);
    expect([at(0), at(1), at(7)]).toEqual([steps[0], steps[1], steps[1]]);
    expect(expectedAt(begun(NOTHING), [])).toEqual([]);
  });
});
