import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DocumentState } from '../../../../src/editor/documents/documentState';
import { OutlineBook, type OutlineChange } from '../../../../src/editor/planView/outlineBook';
import { OutlineIds } from '../../../../src/editor/planView/outlineIds';
import type { BlockNode, SentenceNode } from '../../../../src/editor/planView/planTree';
import { FakeEngineDocument } from '../support/fakeEngineDocument';

const TEXT = '# A\n\nOne is. Two is.\n\n## B\n\nThree is.\n\nFour is. Five is.\n';

class Desk {
  readonly engine = new FakeEngineDocument();
  readonly state: DocumentState;
  readonly book: OutlineBook;

  constructor(text = TEXT) {
    this.state = new DocumentState(this.engine.key, text, this.engine);
    this.book = new OutlineBook(this.state);
  }

  /** Replaces words of the text, and says what of the tree changed. */
  change(words: string, text: string): OutlineChange {
    this.editOnly(words, text);
    return this.book.update(undefined);
  }

  /** An edit that the book does not know of yet. */
  editOnly(words: string, text: string): void {
    const start = this.state.text.indexOf(words);
    this.state.edit([{ start, end: start + words.length, text }]);
  }

  words(block: BlockNode): string {
    const { start, end } = this.book.paragraph(block)!;
    return this.state.text.slice(start, end);
  }

  /** All blocks with their names. */
  all(): Map<string, string> {
    const found = new Map<string, string>();
    const walk = (block: BlockNode | undefined): void => {
      for (const child of this.book.under(block)) {
        expect(this.book.above(child)).toEqual(block);
        found.set(this.words(child), child.id);
        if (child.kind === 'section') walk(child);
      }
    };
    walk(undefined);
    return found;
  }

  changed(change: OutlineChange): string[] | 'all' {
    return change === 'all' ? 'all' : change.map((block) => this.words(block));
  }

  async plan(label: (unit: number) => number): Promise<OutlineChange> {
    const units = this.state.units.units.map(({ start, end, kind }, n) => ({
      ...{ start, end, kind, label: label(n), predicted: [], surprisal: 1 },
    }));
    this.engine.answer = () => Promise.resolve({ units, next: [[]] });
    await this.state.refreshPlan(1, new AbortController().signal);
    return this.book.update(undefined);
  }
}

describe('OutlineBook', () => {
  it('says that nothing changed where nothing did', () => {
    expect(new Desk().book.update(undefined)).toEqual([]);
  });

  it('names the paragraph that is written in, and no other', () => {
    const desk = new Desk();
    expect(desk.changed(desk.change('Three', 'Thirty'))).toEqual(['Thirty is.']);
    expect(desk.changed(desk.change('Thirty is.', 'It is. So it is.'))).toEqual(['It is. So it is.']);
  });

  it('shows all anew where paragraphs come, go or change their place', () => {
    expect(new Desk().change('Three is.', 'Three is.\n\nMore is.')).toBe('all');
    expect(new Desk().change('Three is.\n\n', '')).toBe('all');
    expect(new Desk().change('## B', 'B')).toBe('all');
    expect(new Desk().change('## B', '### B')).toBe('all');
  });

  it('names the paragraphs that the cursor left and came to', () => {
    const { book, state } = new Desk();
    const at = (words: string): number => book.unitAt(state.text.indexOf(words) + 1);
    const words = (change: OutlineChange) => (change === 'all' ? change : change.map(({ paragraph }) => paragraph));
    expect(words(book.update(at('One')))).toEqual([1]);
    expect(words(book.update(at('Two')))).toEqual([1]);
    expect(words(book.update(at('Four')))).toEqual([1, 4]);
    expect(words(book.update(at('Four')))).toEqual([]);
  });

  it('names the paragraphs whose labels changed', async () => {
    const desk = new Desk();
    expect((await desk.plan((n) => n)).length).toBe(5);
    expect(desk.changed(await desk.plan((n) => (n === 5 ? 77 : n)))).toEqual(['Four is. Five is.']);
  });

  it('keeps the names of what an edit elsewhere did not touch', () => {
    const desk = new Desk();
    const before = desk.all();
    desk.change('Three is.', 'New is.\n\nThree is.\n\n## New');
    const after = desk.all();
    for (const words of ['# A', 'One is. Two is.', '## B', 'Four is. Five is.'])
      expect(after.get(words)).toBe(before.get(words));
    expect(new Set(after.values()).size).toBe(after.size);
  });

  it('finds a node again after an edit before it', () => {
    const desk = new Desk();
    const block = desk.book.under(undefined)[0]!;
    const paragraph = desk.book.under(block)[0]!;
    desk.change('# A', 'Before.\n\n# A');
    expect(desk.words(block)).toBe('# A');
    expect(desk.words(paragraph)).toBe('One is. Two is.');
    desk.change('One is. Two is.\n\n', '');
    desk.change('## B\n\n', '');
    expect(() => desk.book.sentences(paragraph)).not.toThrow();
  });

  it('knows where a node of before an edit stands now', () => {
    const desk = new Desk();
    const block = desk.book.under(desk.book.under(undefined)[0])[0]!;
    const sentence = desk.book.sentences(block)[1]!;
    const at = (node: typeof block | typeof sentence): string => {
      const { start, end } = desk.book.spanOf(node)!;
      return desk.state.text.slice(start, end);
    };
    expect(at(sentence)).toBe('Two is.');
    expect(desk.changed(desk.change('# A', 'Before. And more.\n\n# A'))).toBe('all');
    expect([at(block), at(sentence)]).toEqual(['One is. Two is.', 'Two is.']);
    expect(desk.changed(desk.change('And more', 'And much more'))).toEqual(['Before. And much more.']);
    expect([at(block), at(sentence)]).toEqual(['One is. Two is.', 'Two is.']);
    desk.change(' Two is.', '');
    expect(desk.book.spanOf(sentence)).toBeUndefined();
  });

  it('shows all as it was at the last update, whatever was typed since', async () => {
    const desk = new Desk();
    await desk.plan((unit) => 10 + unit);
    const sentence = desk.book.at(TEXT.indexOf('Five'))! as SentenceNode;
    const shown = () => {
      const { start, end, from } = desk.book.paragraph(sentence.block)!;
      return [desk.book.textBetween(start, end), desk.book.unit(from), desk.book.unit(desk.book.unitOf(sentence)!)];
    };
    const before = shown();
    expect(before[0]).toContain('Four is. Five is.');
    desk.editOnly('One is.', 'One is. And so is another.');
    expect(shown()).toEqual(before);
  });

  it('tells the sentence at a place, or before it, with its paragraph above', () => {
    const { book, state } = new Desk();
    const at = (offset: number): string => {
      const node = book.at(offset)!;
      if (node.kind !== 'sentence') return node.kind;
      expect(book.sentences(book.above(node)!)).toContainEqual(node);
      const { start, end } = state.units.units[book.unitOf(node)!]!;
      return state.text.slice(start, end).trim();
    };
    expect(at(1)).toBe('section');
    expect(at(TEXT.indexOf('wo is'))).toBe('Two is.');
    expect(at(TEXT.indexOf('\n\n## B') + 1)).toBe('Two is.');
    expect(at(TEXT.length)).toBe('Five is.');
    expect(new Desk('').book.at(0)).toBeUndefined();
    expect(new Desk('```\ncode\n```\n').book.at(2)).toBeUndefined();
  });

  it('answers between an edit and its update from what it knew', () => {
    const desk = new Desk();
    const before = desk.book.under(undefined);
    expect(before).not.toEqual([]);
    desk.state.edit([{ start: 0, end: TEXT.length, text: '' }]);
    expect(desk.book.under(undefined)).toEqual(before);
    expect(desk.book.under(before[0]).map((block) => desk.book.above(block))).toContainEqual(before[0]);
    expect(desk.book.at(TEXT.length)?.kind).toBe('sentence');
    expect(desk.book.update(undefined)).toBe('all');
    expect(desk.all().size).toBe(0);
  });

  it('is empty for a document that is too large', () => {
    const desk = new Desk('Word. '.repeat(200_000));
    expect(desk.book.isTooLarge).toBe(true);
    expect(desk.book.under(undefined)).toEqual([]);
    expect(desk.book.at(5)).toBeUndefined();
  });
});

describe('OutlineIds', () => {
  it('are unique, stay with equal beginnings and ends, and are as many as the list is long', () => {
    const list = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(list, { minLength: 2, maxLength: 5 }), (lists) => {
        const ids = new OutlineIds('document');
        let [before, names]: [readonly string[], readonly string[]] = [[], []];
        for (const contents of lists) {
          const now = ids.of(contents);
          expect(now).toHaveLength(contents.length);
          expect(new Set(now).size).toBe(now.length);
          let head = 0;
          while (head < Math.min(before.length, contents.length) && before[head] === contents[head]) head++;
          expect(now.slice(0, head)).toEqual(names.slice(0, head));
          if (contents.length === before.length) expect(now).toEqual(names);
          [before, names] = [contents, now];
        }
      }),
    );
  });

  it('are of their owner: the editor remembers by name what is open', () => {
    const lists = ['one', 'other'].map((owner) => new OutlineIds(owner).of(['a', 'b']));
    expect(new Set(lists.flat()).size).toBe(4);
  });

  it('follow what stands behind a change', () => {
    const ids = new OutlineIds('document');
    const [a, b, c] = ids.of(['a', 'b', 'c']);
    expect(ids.of(['a', 'x', 'y', 'b', 'c'])).toEqual([a, expect.any(String), expect.any(String), b, c]);
    expect(ids.of(['b', 'c'])).toEqual([b, c]);
  });
});
