import { expect, it } from 'vitest';
import { isScored } from '../../../../src/training/corpus/scoring';
import { splitUnits } from '../../../../src/text/units';

const lines = (count: number, line = 'call();'): string => Array.from({ length: count }, () => `${line}\n`).join('');
const table = (rows: number, columns: number): string =>
  ['h', '--', ...Array.from({ length: rows }, () => 'word')]
    .map((cell) => `| ${Array.from({ length: columns }, () => cell).join(' | ')} |\n`)
    .join('');

it.each([
  ['Prose.\n', true],
  ['# Heading\n', true],
  ['- item\n', true],
  ['$$\nx = y\n$$\n', true],
  [`\`\`\`js\n${lines(12)}\`\`\`\n`, true],
  [`\`\`\`js\n${lines(13)}\`\`\`\n`, false],
  [`~~~~\n${lines(13)}~~~~\n`, false],
  [`\`\`\`\n${'x'.repeat(161)}\n\`\`\`\n`, false],
  [`> \`\`\`\n${lines(12, '> call();')}> \`\`\`\n`, true],
  [`> \`\`\`\n${lines(13, '> call();')}> \`\`\`\n`, false],
  [lines(12, '    call();'), true],
  [lines(13, '    call();'), false],
  [table(8, 5), true],
  [table(9, 5), false],
  [table(3, 6), false],
  [`| a \\| b | c | d | e | f |\n|--|--|--|--|--|\n| 1 | 2 | 3 | 4 | 5 |\n`, true],
  [`| a | ${'x'.repeat(220)} |\n|--|--|\n`, false],
  ['<div>\nText\n</div>\n', false],
  ['<!-- a note -->\n', false],
  ['---\ntitle: Tea\n---\n', false],
])('a block counts as in the bundled model’s data: %#', (text, counts) => {
  const units = splitUnits(text);
  expect(units).toHaveLength(1);
  expect(isScored(text, units[0]!)).toBe(counts);
  // Whatever stands before it.
  const after = `Before.\n\n${text}`;
  if (!text.startsWith('---')) expect(isScored(after, splitUnits(after).at(-1)!)).toBe(counts);
});
