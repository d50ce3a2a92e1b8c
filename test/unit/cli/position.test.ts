import { describe, expect, it } from 'vitest';
import { CliFailure } from '../../../src/cli/failure';
import { linesOf, offsetAt, parsePosition } from '../../../src/cli/position';

const text = 'one\r\ntwo 😀!\n\rend';
const at = (line: number, column: number): number => offsetAt(text, { line, column }, 'a.md');

describe('positions', () => {
  it('are lines and columns from 1, in UTF-16 code units', () => {
    expect(text.slice(at(1, 1))).toBe(text);
    expect(text.slice(at(1, 4))).toBe('\r\ntwo 😀!\n\rend');
    expect(text.slice(at(2, 7))).toBe('!\n\rend');
    expect(text.slice(at(3, 1))).toBe('\rend');
    expect(text.slice(at(4, 4))).toBe('');
    expect(offsetAt('', { line: 1, column: 1 }, 'a.md')).toBe(0);
    expect(offsetAt('a\n', { line: 2, column: 1 }, 'a.md')).toBe(2);
  });

  it.each([
    [5, 1, /no line 5 in a\.md: it has 4 lines/],
    [1, 5, /no column 5 in line 1 of a\.md: its columns are 1 to 4/],
    [3, 2, /columns are 1 to 1/],
  ])('%i:%i is outside', (line, column, message) => {
    expect(() => at(line, column)).toThrow(message);
    expect(() => at(line, column)).toThrow(expect.objectContaining({ exitCode: 2 }) as Error);
  });

  it.each(['', '3', '3:', ':3', '0:1', '1:0', '-1:2', 'a:b', '1:2:3', '1.5:2'])('"%s" is none', (value) => {
    expect(() => parsePosition(value)).toThrow(CliFailure);
  });

  it('parses and finds lines again', () => {
    expect(parsePosition(' 12:40 ')).toEqual({ line: 12, column: 40 });
    expect(linesOf(text, [0, 3, 5, 12, 13, text.length])).toEqual([1, 1, 2, 2, 3, 4]);
  });
});
