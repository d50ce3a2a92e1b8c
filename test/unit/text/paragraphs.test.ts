import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paragraphsOf } from '../../../src/text/paragraphs';
import { splitUnits } from '../../../src/text/units';
import { PIECES } from './laws';

const markdown = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join(''));
const anything = fc.oneof(markdown, fc.string({ unit: 'binary', maxLength: 60 }));

const shown = (text: string) =>
  paragraphsOf(text, splitUnits(text)).map(({ start, end, kind }) => [kind, text.slice(start, end)]);

describe('paragraphs', () => {
  it('are in order, apart, trimmed, and hold every unit that is not white space alone', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const units = splitUnits(text);
        const paragraphs = paragraphsOf(text, units);
        const held = new Set<number>();
        let at = 0;
        let unit = 0;
        for (const { start, end, from, to } of paragraphs) {
          expect(start).toBeGreaterThanOrEqual(at);
          expect(from).toBeGreaterThanOrEqual(unit);
          expect(to).toBeGreaterThan(from);
          const own = text.slice(start, end);
          expect(own).toBe(own.trim());
          expect(own).not.toBe('');
          // Its units and nothing else but the white space around them.
          expect(text.slice(units[from]!.start, units[to - 1]!.end).trim()).toBe(own);
          [at, unit] = [end, to];
          for (let i = from; i < to; i++) held.add(i);
        }
        for (const [i, { start, end }] of units.entries()) {
          if (text.slice(start, end).trim() !== '') expect(held).toContain(i);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('end at blank lines and nowhere else', () => {
    expect(shown('One. Two\nlines. Three.\n\nFour.\r\n \r\nFive.\r\nSix.\n')).toEqual([
      ['prose', 'One. Two\nlines. Three.'],
      ['prose', 'Four.'],
      ['prose', 'Five.\r\nSix.'],
    ]);
  });

  it('leave headings alone, and keep a tight list with its introduction', () => {
    expect(shown('# T\nText. More:\n- one\n- two\n\n- three\n## U\n> said. Indeed.\n')).toEqual([
      ['heading', '# T'],
      ['prose', 'Text. More:\n- one\n- two'],
      ['prose', '- three'],
      ['heading', '## U'],
      ['prose', '> said. Indeed.'],
    ]);
  });

  it('do not mix with what is not written in sentences', () => {
    const text = '---\na: b\n---\nText.\n```\ncode\n```\nText.\n\n| a |\n|---|\n\n$$\nx\n$$\n\n***\n\n<div>\n</div>\n';
    expect(shown(text).map(([kind, own]) => [kind, own!.split('\n')[0]])).toEqual([
      ['other', '---'],
      ['prose', 'Text.'],
      ['other', '```'],
      ['prose', 'Text.'],
      ['other', '| a |'],
      ['other', '$$'],
      ['other', '***'],
      ['other', '<div>'],
    ]);
  });

  it('are none in a text without any', () => {
    expect(shown('')).toEqual([]);
    expect(shown(' \n\n ')).toEqual([]);
  });
});
