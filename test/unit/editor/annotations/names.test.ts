import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clip } from '../../../../src/editor/annotations/clip';
import { exampleText } from '../../../../src/editor/annotations/example';
import { withoutIcons } from '../../../../src/editor/annotations/icons';
import { finePercent, percent } from '../../../../src/editor/annotations/percent';
import { shortName } from '../../../../src/editor/annotations/shortName';

describe('shortName', () => {
  it.each([
    ['workers · labor · wages', 'workers · labor'],
    ['the destructor', 'the destructor'],
    ['label 99', 'label 99'],
    ['component · core language · production order', 'component · core language'],
    ['transaction processing · distributed systems', 'transaction processing'],
    ['Background', 'Background'],
  ])('%s → %s', (name, short) => expect(shortName(name)).toBe(short));

  it('is never long', () => {
    fc.assert(fc.property(fc.string(), (name) => shortName(name).length <= (name.includes(' · ') ? 28 : 40)));
  });
});

describe('clip', () => {
  it('leaves a short text alone, on one line', () => expect(clip(' a\r\n b ', 20)).toBe('a b'));

  it('cuts behind a word', () => expect(clip('The quick brown fox jumps', 20)).toBe('The quick brown fox…'));

  it('cuts within a word that is too long', () => expect(clip('x'.repeat(30), 10)).toBe(`${'x'.repeat(9)}…`));

  it('leaves no separator at the end', () => expect(clip('one · two → three', 12)).toBe('one · two…'));

  it('does not cut an emoji apart', () => {
    const family = '👩‍👩‍👧';
    expect(clip(family.repeat(5), family.length * 2 + 3)).toBe(`${family.repeat(2)}…`);
  });

  it('is never longer than asked, and well-formed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 1, max: 60 }), (text, longest) => {
        const clipped = clip(text, longest);
        expect(clipped.length).toBeLessThanOrEqual(longest);
        expect(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/.test(clipped)).toBe(false);
      }),
    );
  });
});

describe('exampleText', () => {
  it.each([
    ['#### Backup versions', 'Backup versions'],
    ['## Remarks ##', 'Remarks'],
    ['“Do you stay?”', 'Do you stay?'],
    ['“Wait,” she said. “Do you stay?”', '“Wait,” she said. “Do you stay?”'],
    ['C# is a language.', 'C# is a language.'],
  ])('%s: %s', (example, text) => expect(exampleText(example, 40)).toBe(text));

  it('is no longer than asked', () =>
    expect(exampleText('# The quick brown fox jumps', 20)).toBe('The quick brown fox…'));
});

describe('percent', () => {
  it.each([
    [0, '0\u00a0%'],
    [0.004, '<1\u00a0%'],
    [0.41, '41\u00a0%'],
    [1, '100\u00a0%'],
  ])('%d', (share, text) => expect(percent(share)).toBe(text));

  it('has a decimal where asked for', () => {
    expect([0.2, 0.0034, 0.00001].map(finePercent)).toEqual(['20\u00a0%', '0.3\u00a0%', '<0.1\u00a0%']);
  });
});

it('no text becomes an icon', () => expect(withoutIcons('$(pin) $(x')).not.toContain('$('));
