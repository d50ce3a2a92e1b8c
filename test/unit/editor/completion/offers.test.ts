import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keystrokeOf } from '../../../../src/editor/completion/keystroke';
import { Offers } from '../../../../src/editor/completion/offers';
import { suggestion } from './support';

const KEY = 'file:///notes.md';
const BEFORE = 'The cat ';
const AFTER = '\n\nThe end.\n';

/** Suggestions offered between BEFORE and AFTER, and what is told of them. */
function offering(...texts: string[]): { offers: Offers; events: string[]; edit: Edit } {
  const offers = new Offers();
  const events: string[] = [];
  offers.offered.listen(({ items }) => events.push(`offered ${items.length}`));
  offers.followed.listen(() => events.push(`${offers.remaining.length} left`));
  offers.withdrawn.listen(() => events.push('withdrawn'));
  const place = { key: KEY, text: BEFORE + AFTER, offset: BEFORE.length };
  offers.show(
    place,
    texts.map((text) => suggestion(text)),
    texts.length > 1,
    '',
  );
  const edit: Edit = (typed, undone = false) => offers.edited(KEY, BEFORE + typed + AFTER, undone);
  return { offers, events, edit };
}

type Edit = (typed: string, undone?: boolean) => ReturnType<Offers['edited']>;

const textsOf = (offers: Offers): string[] => offers.remaining.map(({ text }) => text);

describe('Offers', () => {
  it('go along with what is typed, accepted and taken back', () => {
    const { offers, events, edit } = offering('sat down.');
    expect(edit('s')).toEqual({ kind: 'along', by: 1 });
    expect(edit('sat ')).toEqual({ kind: 'along', by: 3 });
    expect(textsOf(offers)).toEqual(['down.']);
    expect(edit('sat')).toEqual({ kind: 'along', by: -1 });
    expect(edit('sat down.')).toEqual({ kind: 'finished', by: 6 });
    expect(events).toEqual(['offered 1', '1 left', '1 left', '1 left', 'withdrawn']);
  });

  it('law: whatever is typed, what remains completes one of the suggestions', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ' '), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 3 }), fc.array(text, { maxLength: 5 }), (texts, edits) => {
        const { offers, edit } = offering(...texts);
        for (const typed of edits) {
          edit(typed);
          for (const rest of textsOf(offers)) expect(texts).toContain(typed + rest);
        }
      }),
    );
  });

  it('narrow to the alternatives that agree, and widen when it is taken back', () => {
    const { offers, edit } = offering('sat.', 'slept.', 'ran.');
    edit('s');
    expect(textsOf(offers)).toEqual(['at.', 'lept.']);
    edit('');
    expect(textsOf(offers)).toEqual(['sat.', 'slept.', 'ran.']);
  });

  it.each([
    ['other text', (edit: Edit) => edit('x')],
    ['undo', (edit: Edit) => edit('s', true)],
  ])('are withdrawn by %s', (_name, act) => {
    const { offers, events, edit } = offering('sat.');
    expect(act(edit)).toEqual({ kind: 'none' });
    expect(offers.current).toBeUndefined();
    expect(events).toEqual(['offered 1', 'withdrawn']);
  });

  it('are withdrawn when the text after them changes, or the cursor moves', () => {
    const first = offering('sat.').offers;
    first.edited(KEY, `${BEFORE}s\n\nThe End.\n`, false);
    expect(first.current).toBeUndefined();
    const second = offering('sat.').offers;
    const place = { key: KEY, text: BEFORE + AFTER, offset: BEFORE.length };
    second.moved(place);
    expect(second.current).toBeDefined();
    second.moved({ ...place, offset: 2 });
    expect(second.current).toBeUndefined();
    const third = offering('sat.').offers;
    third.moved({ ...place, key: 'file:///other.md' });
    expect(third.current).toBeUndefined();
  });

  it('are other ones where the writer asks to choose from them', () => {
    const { offers, events } = offering('sat.');
    const place = { key: KEY, text: BEFORE + AFTER, offset: BEFORE.length };
    expect(offers.show(place, [suggestion('sat.')], false, '')).toBe(false);
    expect(offers.show(place, [suggestion('sat.')], true, '')).toBe(true);
    expect(offers.current?.explicit).toBe(true);
    expect(events).toEqual(['offered 1', 'withdrawn', 'offered 1']);
  });

  it('are for their place and steering only', () => {
    const { offers, edit } = offering('sat.');
    edit('s');
    const place = { key: KEY, text: `${BEFORE}s${AFTER}`, offset: BEFORE.length + 1 };
    expect(offers.at(place, () => '')).toHaveLength(1);
    expect(offers.at({ ...place, offset: 3 }, () => '')).toHaveLength(0);
    expect(offers.at(place, () => '[[1],[]]')).toHaveLength(0);
  });

  it('stay as they are when they are shown again', () => {
    const { offers, events, edit } = offering('sat.', 'slept.');
    edit('s');
    const place = { key: KEY, text: `${BEFORE}s${AFTER}`, offset: BEFORE.length + 1 };
    expect(offers.show(place, offers.remaining, true, '')).toBe(false);
    expect(events).toEqual(['offered 2', '2 left']);
    expect(offers.show(place, [suggestion('ang.')], false, '')).toBe(true);
    expect(events).toEqual(['offered 2', '2 left', 'withdrawn', 'offered 1']);
  });

  it('drop the labels of sentences that are finished', () => {
    const { offers, edit } = offering();
    const place = { key: KEY, text: BEFORE + AFTER, offset: BEFORE.length };
    offers.show(place, [suggestion('sat. It slept.', 3, 4)], false, '');
    edit('sa');
    expect(offers.remaining[0]?.labels.map(({ id }) => id)).toEqual([3, 4]);
    edit('sat. ');
    expect(offers.remaining[0]?.labels.map(({ id }) => id)).toEqual([4]);
  });
});

describe('keystrokeOf', () => {
  const along = (by: number) => ({ kind: 'along', by }) as const;
  const none = { kind: 'none' } as const;

  it.each([
    ['a key', { replaced: 0, inserted: 's' }, along(1), 'typed'],
    ['a key that nothing was offered for', { replaced: 0, inserted: 's' }, none, 'typed'],
    ['backspace', { replaced: 1, inserted: '' }, along(-1), 'typed'],
    ['Enter in a list', { replaced: 0, inserted: '\n- ' }, none, 'typed'],
    ['Enter, as the suggestion has it', { replaced: 0, inserted: '\r\n' }, along(2), 'typed'],
    ['a character of two units', { replaced: 0, inserted: '😀' }, along(2), 'typed'],
    ['a word of the suggestion', { replaced: 0, inserted: 'sat ' }, along(4), 'accepted-part'],
    ['all of it', { replaced: 0, inserted: 'sat.' }, { kind: 'finished', by: 4 } as const, 'accepted-whole'],
    ['a paste', { replaced: 0, inserted: 'something' }, none, 'other'],
    ['a selection deleted', { replaced: 20, inserted: '' }, none, 'other'],
  ] as const)('%s', (_name, change, advance, keystroke) => {
    expect(keystrokeOf([change], advance, false)).toBe(keystroke);
  });

  it('takes neither undo nor several changes for a key', () => {
    const change = { replaced: 0, inserted: 's' };
    expect(keystrokeOf([change], along(1), true)).toBe('other');
    expect(keystrokeOf([change, change], none, false)).toBe('other');
  });
});
