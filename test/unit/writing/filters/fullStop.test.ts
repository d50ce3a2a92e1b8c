import { expect, it } from 'vitest';
import { openSentence } from '../../../../src/writing/filters/fullStop';

const filter = (text: string, after: string) => openSentence(text, { before: '', unit: '', after });

it.each([
  ['you want to debug.', " you'd like to inspect.", 'you want to debug'],
  ['on (a) pan).', 'was hot', 'on (a) pan)'],
  ['.', ' and so on', ''],
])('no sentence ends where the line goes on with it: %s|%s', (text, after, kept) => {
  expect(filter(text, after)).toEqual({ text: kept });
});

it.each([
  ['It is hot.', ' You wait.'],
  ['It is hot.', '\nyou wait.'],
  ['It is hot.', ''],
  ['It is hot.', ' `code` is'],
  ['apples, pears etc.', ' are fruit'],
  ['in the U.S.', ' and Canada'],
  ['and so on...', ' and on'],
  ['"Is it?', '" she asked'],
])('but one may end, and words keep their dots: %s|%s', (text, after) => {
  expect(filter(text, after)).toEqual({ text });
});
