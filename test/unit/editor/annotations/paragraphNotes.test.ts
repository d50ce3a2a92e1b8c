import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paragraphBefore, paragraphsAt } from '../../../../src/editor/annotations/paragraphCache';
import { paragraphNotes, type ParagraphNote } from '../../../../src/editor/annotations/paragraphNotes';
import type { DocumentState } from '../../../../src/editor/documents/documentState';
import { english } from '../support/localiser';
import { letters, plannedState, planOf, stateOf } from '../support/plannedState';

const TEXT = '# Title\n\nOne is here. Two is here.\n\n```\ncode\n```\n\nThree follows. Four ends it.\n';

const notes = (state: DocumentState): ParagraphNote[] => paragraphNotes(state, 4, letters, english);
const labelled = (n: number): { label: number; predicted: { id: number; probability: number }[] } => ({
  label: n,
  predicted: [{ id: n, probability: 0.5 }],
});

describe('paragraphNotes', () => {
  it('has one for each paragraph of prose, at its beginning', () => {
    const starts = notes(stateOf(TEXT)).map(({ start }) => start);
    expect(starts).toEqual([TEXT.indexOf('One'), TEXT.indexOf('Three')]);
  });

  it('says the labels and what is expected behind', () => {
    const [first, last] = notes(plannedState(TEXT, labelled, [{ id: 25, probability: 0.3 }]));
    expect(first!.labels).toMatch(/^[A-Z] → [A-Z]$/);
    expect(first!.fullLabels).toMatch(/^1\. [A-Z]\n2\. [A-Z]$/);
    expect(first!.next).toMatch(/^next: [A-Z] 50\u00a0%$/);
    expect(last!.next).toBe('next: Z 30\u00a0%');
    expect(last!.end).toBe(TEXT.trimEnd().length);
  });

  it('shows a pin at the end of the paragraph', () => {
    const state = plannedState(TEXT, labelled);
    const end = TEXT.indexOf('Two is here.') + 'Two is here.'.length;
    state.steering.set(end, { pins: [7], never: [] });
    const [first, last] = notes(state);
    expect(first).toMatchObject({ next: 'next: H pinned', pinned: true });
    expect(last!.pinned).toBe(false);
  });

  it('keeps what it said while a sentence is typed', () => {
    const state = plannedState(TEXT, labelled);
    const before = notes(state);
    const at = TEXT.indexOf(' is here');
    state.edit([{ start: at, end: at, text: ' or none' }]);
    expect(notes(state).map(({ labels, next }) => [labels, next])).toEqual(
      before.map(({ labels, next }) => [labels, next]),
    );
  });

  it('finds the same paragraphs with either line end', () => {
    const texts = TEXT.replaceAll('\n', '\r\n');
    const at = notes(stateOf(texts)).map(({ start, end }) => texts.slice(start, end));
    expect(at).toEqual(['One is here. Two is here.', 'Three follows. Four ends it.']);
  });

  it('has the same places whatever the plan says', () => {
    const block = fc.constantFrom(
      '# H',
      'One. Two. Three.',
      '- a\n- b. c.',
      '> q. r.',
      '```\nx\n```',
      '| a |\n|---|\n',
      '',
    );
    fc.assert(
      fc.property(
        fc.array(block, { maxLength: 8 }),
        fc.constantFrom('\n\n', '\r\n\r\n', '\n'),
        fc.array(fc.nat(20), { minLength: 1 }),
        (blocks, between, labels) => {
          const text = blocks.join(between);
          const places = (state: DocumentState): unknown[] => notes(state).map(({ start, end }) => [start, end]);
          const unknown = stateOf(text);
          const known = plannedState(text, (n) => ({ ...labelled(n), label: labels[n % labels.length]! }));
          expect(places(known)).toEqual(places(unknown));
          // Nor do they move when the plan comes.
          unknown.plan.set(planOf(text, labelled));
          expect(places(unknown)).toEqual(places(known));
        },
      ),
    );
  });
});

describe('paragraphBefore', () => {
  it('finds the paragraph of an offset, or the one before', () => {
    const paragraphs = paragraphsAt(stateOf(TEXT));
    const at = (offset: number): string | undefined => {
      const found = paragraphBefore(paragraphs, offset);
      return found && TEXT.slice(found.start, found.end);
    };
    expect(at(TEXT.indexOf('wo is'))).toBe('One is here. Two is here.');
    expect(at(TEXT.indexOf('\n\n```') + 1)).toBe('One is here. Two is here.');
    expect(at(TEXT.length)).toBe('Three follows. Four ends it.');
    expect(paragraphBefore([], 3)).toBeUndefined();
  });
});
