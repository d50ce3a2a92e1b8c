import fc from 'fast-check';
import { expect, it } from 'vitest';
import { withoutFrontMatter } from '../../../../src/training/corpus/frontMatter';
import { splitUnits } from '../../../../src/text/units';

it.each([
  ['---\ntitle: Tea\n---\n\n# Tea\n', '# Tea\n'],
  ['---\ntitle: Tea\ntags:\n  - a\n...\nText\n', 'Text\n'],
  ['+++\ntitle = "Tea"\n+++\n\n\nText\n', 'Text\n'],
  ['---\ntitle: Tea\n---', ''],
  ['+++\na = 1\n+++', ''],
  // A rule, and signs that only look like it.
  ['---\n\nText\n', '---\n\nText\n'],
  ['+++\nnever closed\n', '+++\nnever closed\n'],
  ['----\ntitle: Tea\n---\n', '----\ntitle: Tea\n---\n'],
  ['\n---\ntitle: Tea\n---\n', '\n---\ntitle: Tea\n---\n'],
  ['Text\n---\na: b\n---\n', 'Text\n---\na: b\n---\n'],
  ['    code\n', '    code\n'],
  ['', ''],
])('front matter goes, and nothing else: %#', (text, rest) => {
  expect(withoutFrontMatter(text)).toBe(rest);
});

it('what is left is the end of the text, and has the units that the text has there', () => {
  const body = fc
    .array(fc.constantFrom('# A\n', '\n', 'One. Two.\n', '- item\n', '---\n', '```\ncode\n```\n', 'a: b\n'))
    .map((lines) => lines.join(''));
  fc.assert(
    fc.property(body, (rest) => {
      const text = `---\ntitle: Tea\n---\n\n${rest}`;
      const left = withoutFrontMatter(text);
      expect(text.endsWith(left)).toBe(true);
      expect(left.trim()).toBe(rest.trim());
      expect(withoutFrontMatter(rest.startsWith('---') ? '' : rest)).toBe(rest.startsWith('---') ? '' : rest);
      if (left.startsWith('---') || left === '') return;
      const kinds = splitUnits(text)
        .slice(1)
        .map(({ kind }) => kind);
      expect(splitUnits(left).map(({ kind }) => kind)).toEqual(kinds);
    }),
  );
});
