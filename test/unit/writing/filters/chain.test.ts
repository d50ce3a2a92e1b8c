import { expect, it } from 'vitest';
import { filterCompletion } from '../../../../src/writing/filters/chain';

const filter = (before: string, text: string, after: string) =>
  filterCompletion(text, { before, unit: before, after, asked: true });

it('a stop before words that follow stands once', () => {
  expect(filter('Her heart was full ', 'of hope, her mind full of dreams.', ', her mind full of dreams.')).toEqual({
    text: 'of hope',
  });
  expect(filter('Her heart was full ', 'of hope; her mind full of dreams.', ', her mind full of dreams.')).toEqual({
    text: 'of hope',
  });
});
