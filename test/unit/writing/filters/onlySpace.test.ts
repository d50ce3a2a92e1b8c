import { expect, it } from 'vitest';
import { dropBlank } from '../../../../src/writing/filters/onlySpace';

const context = { before: '', unit: '', after: '' };

it.each(['', ' ', '\n\n', '.', ' – '])('drops "%s", which saves no typing', (text) => {
  expect(dropBlank(text, context)).toEqual({ drop: 'only-whitespace' });
});

it.each(['a', ' 7', 'é', '水'])('keeps "%s"', (text) => expect(dropBlank(text, context)).toEqual({ text }));
