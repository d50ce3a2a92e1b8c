import fc from 'fast-check';
import { expect, it } from 'vitest';
import { withOtherLineEnds } from '../../../../src/editor/steering/lineEnds';

it('a place stays between the same words when line ends change', () => {
  const lines = fc.array(
    fc.tuple(fc.constantFrom('', 'a', 'b c'), fc.constantFrom('\n', '\r\n'), fc.constantFrom('\n', '\r\n')),
  );
  const isWithinLineEnd = (text: string, offset: number): boolean =>
    text.slice(0, offset).endsWith('\r') && text[offset] === '\n';
  const plain = (text: string): string => text.replaceAll('\r\n', '\n');
  fc.assert(
    fc.property(lines, fc.constantFrom('', 'end'), (list, last) => {
      const before = list.map(([words, end]) => words + end).join('') + last;
      const after = list.map(([words, , end]) => words + end).join('') + last;
      const moved = withOtherLineEnds(before, after)!;
      for (let offset = 0; offset <= before.length; offset++) {
        const at = isWithinLineEnd(before, offset) ? offset - 1 : offset;
        const there = moved(offset);
        expect(plain(after.slice(0, there))).toBe(plain(before.slice(0, at)));
        expect(isWithinLineEnd(after, there)).toBe(false);
      }
    }),
  );
  expect(withOtherLineEnds('a\nb', 'a\r\nc')).toBeUndefined();
});
