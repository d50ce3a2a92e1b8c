import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headingAbove, headingLevel, nextSteps, otherSteps, outline } from '../../../../src/editor/planView/planTree';
import { paragraphsOf, type Paragraph } from '../../../../src/text/paragraphs';
import { splitUnits } from '../../../../src/text/units';

function readOutline(text: string) {
  const units = splitUnits(text);
  const paragraphs = paragraphsOf(text, units);
  const level = ({ from }: Paragraph): number => headingLevel(units[from]!.kind);
  const lines: string[] = [];
  const listed: number[] = [];
  const above: number[] = [];
  const walk = (heading: number, depth: number): void => {
    for (const index of outline(paragraphs, level, heading)) {
      listed.push(index);
      above.push(heading);
      const { start, end } = paragraphs[index]!;
      lines.push(`${'  '.repeat(depth)}${text.slice(start, end)}`);
      if (level(paragraphs[index]!) > 0) walk(index, depth + 1);
    }
  };
  walk(-1, 0);
  return { lines, listed, above, paragraphs, level };
}

describe('outline', () => {
  it('nests headings by level, also where levels are left out, and leaves code out', () => {
    const text = 'Before.\n\n# A\n\nIn A.\n\n### Deep\n\nIn deep.\n\n## B\n\n```\ncode\n```\n\nIn B.\n\n# C\n\nIn C.\n';
    expect(readOutline(text).lines).toEqual([
      'Before.',
      '# A',
      '  In A.',
      '  ### Deep',
      '    In deep.',
      '  ## B',
      '    In B.',
      '# C',
      '  In C.',
    ]);
  });

  it('has each heading and each paragraph of prose exactly once, in order, under the heading above it', () => {
    const block = fc.constantFrom('# A', '## B', '### C', '#### D', 'Some text.', '- item', '```\nx\n```');
    fc.assert(
      fc.property(fc.array(block, { maxLength: 16 }), (blocks) => {
        const { listed, above, paragraphs, level } = readOutline(blocks.join('\n\n'));
        expect(listed).toEqual(paragraphs.flatMap(({ kind }, index) => (kind === 'other' ? [] : [index])));
        expect(listed.map((index) => headingAbove(paragraphs, level, index))).toEqual(above);
      }),
    );
  });
});

describe('next steps', () => {
  const uri = 'file:///a.md';
  const steps = [
    [
      { id: 1, probability: 0.4 },
      { id: 2, probability: 0.3 },
    ],
    [{ id: 3, probability: 0.2 }],
    [{ id: 4, probability: 0.1 }],
  ];

  it('are what is expected, with what else was', () => {
    const shown = nextSteps(uri, [], steps);
    expect(shown.map(({ label, pinned }) => [label, pinned])).toEqual([
      [1, false],
      [3, false],
      [4, false],
    ]);
    expect(otherSteps(shown[0]!)).toMatchObject([{ index: 0, label: 2, pinned: false, probability: 0.3, others: [] }]);
  });

  it('are pins where there are some, with their probability where it is known', () => {
    const shown = nextSteps(uri, [2, undefined, 9, 8], steps);
    expect(shown.map(({ label, pinned, probability, index }) => [index, label, pinned, probability])).toEqual([
      [0, 2, true, 0.3],
      [1, 3, false, 0.2],
      [2, 9, true, undefined],
      [3, 8, true, undefined],
    ]);
  });

  it('are pins where nothing is expected yet', () => {
    expect(nextSteps(uri, [5, undefined, 7], []).map(({ label }) => label)).toEqual([5, 7]);
  });

  it('have names of their own', () => {
    const shown = nextSteps(uri, [1, 1, 3], [...steps, ...steps]);
    const ids = shown.flatMap((step) => [step, ...otherSteps(step)]).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
