import { expect, it } from 'vitest';
import { joinSuffix } from '../../../../src/writing/filters/joinSuffix';

const filter = (text: string, after: string) => joinSuffix(text, { before: '', unit: '', after });

it('puts a space between the completion and a word right after the cursor', () => {
  expect(filter('big', 'cat')).toEqual({ text: 'big ' });
  expect(filter('big', '**cat**')).toEqual({ text: 'big ' });
  expect(filter('big', '[cat](cat.md)')).toEqual({ text: 'big ' });
});

it('adds none where one is, or none is wanted', () => {
  expect(filter('big ', 'cat')).toEqual({ text: 'big ' });
  expect(filter('big', ' cat')).toEqual({ text: 'big' });
  expect(filter('big', '.')).toEqual({ text: 'big' });
  expect(filter('big', '')).toEqual({ text: 'big' });
  for (const closing of ['**', '** and', '"', '_', '`.', '”', '[^1] and'])
    expect(filter('big', closing)).toEqual({ text: 'big' });
});
