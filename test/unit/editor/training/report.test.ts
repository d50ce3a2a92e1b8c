import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import { curveSvg, dataAddress } from '../../../../src/editor/training/curve';
import { trainingReport } from '../../../../src/editor/training/report';
import type { TrainingReport } from '../../../../src/engine/training/protocol';
import { english } from '../support/localiser';
import { FIGURES, MEASURES, REPORT } from './support';

const report = (part: Partial<TrainingReport> = {}): string => trainingReport({ ...REPORT, ...part }, english, FIGURES);
const tree = (markdown: string) =>
  fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
const rows = (markdown: string): string[] => markdown.split('\n').filter((line) => line.startsWith('| '));
const unescaped = (text: string): string => text.replace(/\\([!-/:-@[-`{-~])/g, '$1');

const WORDS = { training: 'training', heldOut: 'held out', steps: 'steps', loss: 'loss' };
/** All coordinates of lines and points in a picture. */
function points(svg: string): [number, number][] {
  return [...svg.matchAll(/points="([^"]*)"/g)].flatMap(([, list]) =>
    list!
      .split(' ')
      .filter((point) => point !== '')
      .map((point) => point.split(',').map(Number) as [number, number]),
  );
}

describe('the report', () => {
  it('says first whether the new weights are used', () => {
    expect(report().split('\n\n')[1]).toMatch(/^\*\*The new weights are in use/);
    const not = report({ outcome: 'not-better', model: undefined, after: { ...MEASURES, perplexity: 42 } });
    expect(not.split('\n\n')[1]).toMatch(/^\*\*The new weights are not used/);
  });

  it('compares before and after, and leaves out what was not measured', () => {
    const lines = rows(report()).map(unescaped);
    expect(lines).toContain('| Perplexity per token (lower is better) | 41.20 | 29.50 | −28.4 % |');
    expect(lines).toContain('| Keystrokes saved by suggestions | 3.0 % | 5.0 % | +66.7 % |');
    expect(lines).toContain('| Planner: the label is its first guess | 8.0 % | 8.0 % | +0.0 % |');
    expect(lines.some((line) => line.includes('writer would take'))).toBe(false);
  });

  it('has no table and no picture of what there is not', () => {
    const bare = report({ outcome: 'stopped-discarded', after: undefined, curve: [], examples: [] });
    expect(bare).not.toContain('before → after');
    expect(bare).not.toContain('data:');
    expect(bare).toContain('## The run');
  });

  it('shows the curve as a picture, and tells it in words to those who do not see it', () => {
    const markdown = report();
    const pictures: { url: string; alt: string | null | undefined }[] = [];
    for (const paragraph of tree(markdown).children) {
      if (paragraph.type !== 'paragraph') continue;
      for (const node of paragraph.children) if (node.type === 'image') pictures.push({ url: node.url, alt: node.alt });
    }
    expect(pictures).toHaveLength(1);
    expect(pictures[0]!.url).toMatch(/^data:image\/svg\+xml;base64,/);
    const words = 'Over 400 steps the loss went from 3.900 to 3.200 on the training text and from 3.520 to 3.410';
    expect(pictures[0]!.alt).toContain(words);
    expect(markdown).toContain(`\n${words}`);
  });

  it('shows text of documents as it is, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), fc.string({ maxLength: 80 }), (prompt, after) => {
        const examples = [{ prompt, truth: '| ![x](y) |', before: '<b>', after }];
        const { children } = tree(report({ examples, curve: [] }));
        // Whatever is in it, it makes no other blocks than those of the report.
        expect(children.filter(({ type }) => type === 'blockquote')).toHaveLength(1);
        expect(children.filter(({ type }) => type === 'table')).toHaveLength(3);
        expect(children.filter(({ type }) => type === 'html' || type === 'code')).toHaveLength(0);
        expect(children.filter(({ type }) => type === 'heading')).toHaveLength(5);
      }),
    );
  });

  it('shows what stands before an example, but not a page of it', () => {
    const prompt = `${'word '.repeat(500)}the end`;
    const quote = report({ examples: [{ prompt, truth: 'a', before: '', after: 'b' }] })
      .split('\n')
      .find((line) => line.startsWith('> '))!;
    expect(quote.length).toBeLessThan(450);
    expect(quote).toContain('the end …');
  });
});

describe('the curve', () => {
  const curves = fc
    .array(
      fc.record({
        loss: fc.double({ min: 0, max: 20, noNaN: true }),
        held: fc.option(fc.double({ min: 0, max: 20, noNaN: true })),
      }),
      {
        minLength: 1,
        maxLength: 600,
      },
    )
    .map((list) => list.map(({ loss, held }, n) => ({ step: n + 1, loss, ...(held !== null && { heldOut: held }) })));

  it('lies within the picture, however many points it has', () => {
    fc.assert(
      fc.property(curves, (curve) => {
        const svg = curveSvg(curve, WORDS, FIGURES);
        for (const [x, y] of points(svg)) {
          expect(x).toBeGreaterThanOrEqual(56);
          expect(x).toBeLessThanOrEqual(704);
          expect(y).toBeGreaterThanOrEqual(36);
          expect(y).toBeLessThanOrEqual(256);
        }
        expect(svg).not.toContain('NaN');
      }),
      { numRuns: 30 },
    );
  });

  it('falls where the loss falls', () => {
    const [first, , last] = points(curveSvg(REPORT.curve, WORDS, FIGURES));
    expect(last![1]).toBeGreaterThan(first![1]);
    expect(last![0]).toBeGreaterThan(first![0]);
  });

  it('is drawn from fewer points than pixels, and stays small', () => {
    const curve = Array.from({ length: 50_000 }, (_, n) => ({ step: n + 1, loss: 4 - n / 50_000 }));
    const svg = curveSvg(curve, WORDS, FIGURES);
    expect(points(svg).length).toBeLessThanOrEqual(240);
    expect(dataAddress(svg).length).toBeLessThan(12_000);
  });

  it('writes words as words, and can be read back', () => {
    const svg = curveSvg(REPORT.curve, { ...WORDS, training: 'a < b & c' }, FIGURES);
    expect(svg).toContain('a &lt; b &amp; c');
    const [, data] = dataAddress(svg).split('base64,');
    expect(Buffer.from(data!, 'base64').toString('utf8')).toBe(svg);
  });
});
