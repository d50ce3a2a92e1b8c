import fc from 'fast-check';
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

const between = (before: string, text: string, after: string) => joinSuffix(text, { before, unit: before, after });

it.each([
  '$x$ is',
  '$\\alpha$',
  '😀',
  '❤\uFE0F',
  "'old' one",
  '"old" one',
  '~~old~~ one',
  '_old_ one',
  '**[market](x.md)**',
  '**`code`**',
  '`.md` files',
  '![icon](i.png)',
  '[@doe]',
  '<kbd>K</kbd>',
  '<https://example.org>',
  '€5',
  '– and',
  '— and',
  '- and',
  '& co',
  '+ more',
  '→ more',
  '.gitignore file',
  '#general channel',
  '@doe',
  ':smile:',
])('a space stands before %s', (after) => {
  expect(between('We went back to ', 'the', after)).toEqual({ text: 'the ' });
});

it.each(['– and', '—and', '- and', '-known', '<sup>2</sup>', '<br>', '</b>', '™', "'s choice", '’s', '…', '%', '[^1]'])(
  'none stands before %s where the writer has none',
  (after) => expect(between('We went back to', ' the', after)).toEqual({ text: ' the' }),
);

it.each(['<sup>2</sup>', '<br>', '</b>', '™', "'s choice", '[^1]', '\\', '**', "' ", '`.', '-5', '.', ': so', '.5'])(
  'none stands before %s at all',
  (after) => expect(between('We went back to ', 'the', after)).toEqual({ text: 'the' }),
);

it.each([
  ['It is **very ', 'big', '**house'],
  ['It is _very ', 'big', '_(so)'],
  ['It is ~~very ', 'big', '~~small'],
  ['He said "so ', 'it is', '"and'],
  ["He said 'so, it isn't ", 'so', "'(here)"],
  ['Let $x ', 'y', '$be'],
  ['Run `npm ', 'install', '`first'],
])('none stands before a mark that closes: %s|%s|%s', (before, text, after) => {
  expect(between(before, text, after)).toEqual({ text });
});

it.each([
  ['It is **very** ', 'big and', '**old**'],
  ['It is **very ', 'big** and', '**old**'],
  ['* One is ', 'the', '*old* one'],
  ["It isn't ", 'the', "'old' one"],
  ["It's 'new' and the dogs' ", 'own', "'old' one"],
  ['It costs $5 or ', 'about', '$6'],
  ['Let $x$ and ', 'the', '$y$'],
  ['An *open.\n\nIt is ', 'the', '*old* one'],
])('one stands where what was open is closed: %s|%s|%s', (before, text, after) => {
  expect(between(before, text, after)).toEqual({ text: `${text} ` });
});

it('adds a space or nothing, and never a second space', () => {
  const pieces = fc.array(
    fc.constantFrom('a', ' ', '*', '**', '"', "'", '`', '$', '[', '(', '<b', '😀', '– ', '\n', '\\'),
  );
  fc.assert(
    fc.property(pieces, pieces, pieces, (before, own, after) => {
      const text = own.join('');
      const verdict = between(before.join(''), text, after.join(''));
      const added = 'text' in verdict ? verdict.text.slice(text.length) : undefined;
      expect(verdict).toEqual({ text: text + added! });
      expect(['', ' ']).toContain(added);
      if (/\s$/.test(text) || /^\s|^$/.test(after.join(''))) expect(added).toBe('');
    }),
  );
});

it.each([
  ['The screen is 27" wide and ', 'has', '"great" colours'],
  ['5*3 is ', 'so', '*very* big'],
  ['Prices* are ', 'all', '*net*'],
  ['Use ` as ', 'the', '`code` here'],
])('lone marks before the cursor do not close what begins behind it: %s', (before, text, after) => {
  expect(between(before, text, after)).toEqual({ text: `${text} ` });
});
