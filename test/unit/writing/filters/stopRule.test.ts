import { describe, expect, it } from 'vitest';
import { stopEnd, wholeWordsEnd } from '../../../../src/writing/filters/stopRule';

const sentence = (end: number) => ({ end, kind: 'sentence' as const, byNextBlock: false });

describe('stop rules', () => {
  it('end a clause at its comma, once the white space after it shows that it is one', () => {
    expect(stopEnd('clause', 'when it boils,', [])).toBeUndefined();
    expect(stopEnd('clause', 'when it boils, pour', [])).toBe(14);
    expect(stopEnd('clause', 'costs 1,000 euros', [])).toBeUndefined();
    expect(stopEnd('clause', ', then', [])).toBeUndefined();
    expect(stopEnd('clause', 'as it was – and', [])).toBe(11);
  });

  it('end a clause where its sentence ends first', () => {
    expect(stopEnd('clause', 'it boils. Then, ', [sentence(10)])).toBe(9);
  });

  it('end a sentence with its unit, without the space that closed it', () => {
    expect(stopEnd('sentence', 'it boils. Th', [sentence(10)])).toBe(9);
    expect(stopEnd('sentence', 'it boi', [])).toBeUndefined();
  });

  it('do not take the end of what was there for the end of what is written', () => {
    expect(stopEnd('sentence', '. Then it', [sentence(2)])).toBeUndefined();
    expect(stopEnd('sentence', '. Then it.\n', [sentence(2), sentence(11)])).toBe(10);
  });

  it('end a paragraph at a blank line, a heading or the next block', () => {
    const text = 'One is. Two is.\n\nThree';
    expect(stopEnd('paragraph', text.slice(0, 8), [sentence(8)])).toBeUndefined();
    expect(stopEnd('paragraph', text, [sentence(8), sentence(17)])).toBe(15);
    expect(stopEnd('paragraph', 'Title\nText', [{ end: 6, kind: 'heading2', byNextBlock: false }])).toBe(5);
    expect(stopEnd('paragraph', 'milk\n- tea', [{ end: 5, kind: 'listItem', byNextBlock: true }])).toBe(4);
  });

  it('a text that was cut off keeps its whole words', () => {
    expect('the old hou'.slice(0, wholeWordsEnd('the old hou'))).toBe('the old');
    expect(wholeWordsEnd('hou')).toBe(0);
    expect('the old '.slice(0, wholeWordsEnd('the old '))).toBe('the old');
  });
});
