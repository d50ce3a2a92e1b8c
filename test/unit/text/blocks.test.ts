import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBlocks, type BlockType } from '../../../src/text/blocks';
import { splitUnits, type UnitKind } from '../../../src/text/units';
import { PIECES } from './laws';

const excerpts = JSON.parse(readFileSync(new URL('../../fixtures/text/excerpts.json', import.meta.url), 'utf8')) as {
  id: string;
  text: string;
}[];

describe('leaf blocks', () => {
  it('of every kind, in order', () => {
    const text = [
      '---\ntitle: x\n---\n',
      '# Title\n',
      'A paragraph\nof two lines.\n',
      '- one\n- two\n',
      '> quoted\n',
      '| a | b |\n|---|---|\n| 1 | 2 |\n',
      '```js\ncode\n```\n',
      '$$\nx^2\n$$\n',
      '<div>\nx\n</div>\n',
      '***\n',
      'Text[^1].\n',
      '[^1]: Note.\n',
      '[a]: https://a.example\n',
    ].join('\n');
    const blocks = parseBlocks(text);
    const types: BlockType[] = [
      'frontMatter',
      'heading',
      'paragraph',
      'listItem',
      'listItem',
      'quote',
      'table',
      'code',
      'math',
    ];
    expect(blocks.map((block) => block.type)).toEqual([
      ...types,
      'html',
      'rule',
      'paragraph',
      'footnote',
      'definition',
    ]);
    expect(blocks.map(({ start, end }) => text.slice(start, end)).slice(1, 4)).toEqual([
      '# Title',
      'A paragraph\nof two lines.',
      '- one',
    ]);
  });

  it('front matter can be TOML', () => {
    expect(parseBlocks('+++\ntitle = "x"\n+++\n\nText.\n').map(({ type }) => type)).toEqual([
      'frontMatter',
      'paragraph',
    ]);
  });

  it('never overlap and lie in the text, whatever the text', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }), (pieces) => {
        const text = pieces.join('');
        let at = 0;
        for (const { start, end } of parseBlocks(text)) {
          expect(start).toBeGreaterThanOrEqual(at);
          expect(end).toBeGreaterThanOrEqual(start);
          at = end;
        }
        expect(at).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('units and blocks agree', () => {
  const kindOf = (type: BlockType): readonly UnitKind[] => {
    if (type === 'heading') return ['heading1', 'heading2', 'heading3', 'heading4', 'heading5', 'heading6'];
    if (type === 'paragraph') return ['sentence', 'image'];
    if (type === 'footnote' || type === 'definition') return ['sentence', 'other'];
    return [type];
  };

  it('on what nearly every sentence of the excerpts stands in', () => {
    let same = 0;
    let all = 0;
    for (const { text } of excerpts) {
      const blocks = parseBlocks(text);
      for (const unit of splitUnits(text)) {
        const first = unit.start + text.slice(unit.start, unit.end).search(/\S/);
        const block = blocks.find(({ start, end }) => start <= first && first < end);
        if (block === undefined) continue;
        all++;
        if (kindOf(block.type).includes(unit.kind)) same++;
      }
    }
    expect(all).toBeGreaterThan(300);
    expect(same / all).toBeGreaterThan(0.99);
  });
});
