import fc from 'fast-check';
import { expect, it } from 'vitest';
import { trimMarker } from '../../../../src/writing/filters/bareMarker';
import { filterBeginning } from '../../../../src/writing/filters/chain';

const context = { before: '2. Rinse', unit: '2. Rinse', after: '' };

it.each(['\n3.', '\n3. ', '\n12)', '\n-', '\n  * ', '\n> ', '\n> -', '\n##', '\n- [ ] ', '\n- [', '\n-\n-', '\n\n3.'])(
  'takes off a marker with no text: %j',
  (marker) => expect(filterBeginning(` it.${marker}`, context)).toEqual({ text: ' it.' }),
);

it.each([' it.\n3. Then', ' it.\n-5', ' it in 3.', ' it -', ' it.\n\nThen'])('keeps %j', (text) =>
  expect(trimMarker(text, context)).toEqual({ text }),
);

it('a stop before it does not count', () => {
  expect(filterBeginning('.\n3.', { ...context, after: '\n3. Grind it.' })).toEqual({ drop: 'only-whitespace' });
});

it('takes off the marker that is left of a construct, and leaves the line before it whole', () => {
  expect(filterBeginning(' it.\n- [Read', context)).toEqual({ text: ' it.' });
  expect(filterBeginning(' all of that\n\n## ', context)).toEqual({ text: ' all of that' });
  expect(filterBeginning(' it, and **so', context)).toEqual({ text: ' it' });
});

it('keeps a beginning of what came in', () => {
  const parts = fc.array(fc.constantFrom('a', ' ', '\n', '-', '3.', '#', '>', '[ ]', '.'), { maxLength: 12 });
  fc.assert(
    fc.property(parts, (pieces) => {
      const text = pieces.join('');
      const verdict = trimMarker(text, context);
      expect(text.startsWith('text' in verdict ? verdict.text : '?')).toBe(true);
    }),
  );
});
