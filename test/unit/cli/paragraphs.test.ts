import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paragraphsOf } from '../../../src/cli/paragraphs';
import { splitUnits } from '../../../src/text/units';

function paragraphs(text: string) {
  const units = splitUnits(text).map(({ start, end, kind }) => ({
    ...{ start, end, kind },
    ...{ label: { id: 0, name: '' }, predicted: [], surprisal: 0 },
  }));
  return { units, list: paragraphsOf(text, units) };
}

describe('paragraphs', () => {
  it('are the blocks of the Markdown, each with its units', () => {
    const text = '# Title\n\nOne is. Two is.\n\n- item one\n- item two\n\n```js\nlet a;\n\nlet b;\n```\n\nLast.';
    const { list } = paragraphs(text);
    expect(list.map(({ start, end, units }) => [text.slice(start, end), units.length])).toEqual([
      ['# Title', 1],
      ['One is. Two is.', 2],
      ['- item one', 1],
      ['- item two', 1],
      ['```js\nlet a;\n\nlet b;\n```', 1],
      ['Last.', 1],
    ]);
  });

  it('hold every unit once, in order, whatever the text', () => {
    const part = fc.constantFrom(
      'One. ',
      '\n',
      '\n\n',
      '- ',
      '> ',
      '# ',
      '```\n',
      '| a |\n',
      '---\n',
      '$$\n',
      'word',
      '[x]: y\n',
      '    ',
      '<div>',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
        const { units, list } = paragraphs(parts.join(''));
        expect(list.flatMap((paragraph) => paragraph.units)).toEqual(units.map((_, i) => i));
        for (const { start, end } of list) expect(end).toBeGreaterThanOrEqual(start);
      }),
      { numRuns: 300 },
    );
  });
});
