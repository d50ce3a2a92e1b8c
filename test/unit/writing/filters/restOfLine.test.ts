import { expect, it } from 'vitest';
import { filterCompletion } from '../../../../src/writing/filters/chain';
import { cutAtLineEnd } from '../../../../src/writing/filters/restOfLine';

const filter = (text: string, after: string) => cutAtLineEnd(text, { before: '', unit: '', after });

it('ends with its line where text follows on that', () => {
  expect(filter(' first.\n3. Then', ' with hot water.')).toEqual({ text: ' first.' });
  expect(filter(' first. \n\nThen', ')\nMore')).toEqual({ text: ' first.' });
});

it('goes on where none does', () => {
  for (const after of ['', '\n3. Grind', ' \t\nMore', '\n\nMore'])
    expect(filter(' first.\n3. Then', after)).toEqual({ text: ' first.\n3. Then' });
});

it('what is nothing but the end of the line is dropped', () => {
  const before = '1. Boil it.\n2. Rinse it';
  const context = { before, unit: '2. Rinse it', after: ' with hot water.\n3. Grind it.' };
  expect(filterCompletion('.\n3. Put the', context)).toEqual({ drop: 'only-whitespace' });
});
