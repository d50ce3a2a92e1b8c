import fc from 'fast-check';
import { expect, it } from 'vitest';
import { trimDangling } from '../../../../src/writing/filters/danglingWord';

const context = { before: 'We have ', unit: 'We have ', after: '' };

it.each([
  ['a little bother, but', 'a little bother'],
  ['a bother, and which', 'a bother'],
  ['more – because', 'more'],
  ['a sand', 'a sand'],
  ['a little bother.', 'a little bother.'],
  ['land and', 'land'],
])('makes "%s" "%s"', (text, expected) => expect(trimDangling(text, context)).toEqual({ text: expected }));

it('keeps a joining word that text follows, and one that is all there is', () => {
  expect(trimDangling('bread and', { ...context, after: ' butter' })).toEqual({ text: 'bread and' });
  expect(trimDangling(' and', context)).toEqual({ text: ' and' });
  expect(trimDangling('bread and', { ...context, after: '\n\nMore.' })).toEqual({ text: 'bread' });
});

it('keeps a beginning of what came in, and letters where there were some', () => {
  const words = fc.array(fc.constantFrom('bread', 'and', 'but', ',', ' ', 'that', '–', '水'), { maxLength: 8 });
  fc.assert(
    fc.property(words, (parts) => {
      const text = parts.join(' ');
      const verdict = trimDangling(text, context);
      const kept = 'text' in verdict ? verdict.text : '';
      expect(text.startsWith(kept)).toBe(true);
      expect(/\p{L}/u.test(kept)).toBe(/\p{L}/u.test(text));
    }),
  );
});
