import { expect, it } from 'vitest';
import { splitUnits } from '../../../src/text/units';

const sentences = (text: string): string[] => splitUnits(text).map(({ start, end }) => text.slice(start, end).trim());

it.each([
  ['of a title', 'Ask Dr. Jones about it.'],
  ['of a number', 'The answer is in No. 5 of the series.'],
  ['of an article', 'As Art. 12 says, all are free.'],
  ['of another name', 'Swaps (a.k.a. exchanges) are rare.'],
  ['of a note', 'N.B. it is hot.'],
  ['that is an initial', 'It was written by J. Doe and others.'],
])('the stop of an abbreviation ends no sentence: %s', (_, text) => {
  expect(sentences(text)).toEqual([text]);
});

it.each([
  ['that is also one', 'We asked, and they said no.', 'That was all.'],
  ['that is also one, by itself', 'No.', 'That was all.'],
  ['that is also one', 'She teaches modern art.', 'He does not.'],
])('the stop of a word ends the sentence: %s', (_, first, second) => {
  expect(sentences(`${first} ${second}`)).toEqual([first, second]);
});
