import { describe, expect, it } from 'vitest';
import { trimStart } from '../../../../src/writing/filters/listSpace';

const filter = (text: string, before: string, after = '') => trimStart(text, { before, unit: before, after });

describe('white space at the start', () => {
  it.each(['- ', '  ', '  * ', '3. ', '> ', '> - ', '- [ ] ', '## ', '\t'])('is taken off after "%s"', (line) => {
    expect(filter('  milk', `Buy:\n${line}`)).toEqual({ text: 'milk' });
  });

  it('is not doubled after a space', () => {
    expect(filter(' and sugar', 'milk ')).toEqual({ text: 'and sugar' });
    expect(filter('\n\nNext paragraph', 'milk ')).toEqual({ text: '\n\nNext paragraph' });
  });

  it('stays after a word', () => {
    expect(filter(' and sugar', 'milk')).toEqual({ text: ' and sugar' });
  });

  it('is no reason for a paragraph that is there already', () => {
    expect(filter('\n\nMore', 'The end.', '\n\nFollows.')).toEqual({ drop: 'new-paragraph' });
    expect(filter('\n\nMore', 'The end.', '\n')).toEqual({ text: '\n\nMore' });
    expect(filter('\n- more', '- ')).toEqual({ drop: 'new-paragraph' });
  });
});
