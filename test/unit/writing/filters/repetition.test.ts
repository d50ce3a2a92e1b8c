import { describe, expect, it } from 'vitest';
import { cutRepetition, repetitionStart } from '../../../../src/writing/filters/repetition';

const context = (before: string) => ({ before, unit: before, after: '' });

describe('repetition', () => {
  it.each([
    [
      'a clause said twice',
      '',
      'the water is hot and the tea is cold, the water is hot and the tea is cold,',
      'the water is hot and the tea is cold,',
    ],
    ['one word three times', '', 'it was very very very', 'it was very'],
    ['a loop that began before the cursor', 'We went up and down and ', 'up and down and up and down and', ''],
    [
      'a long round that has begun again',
      'We also account ',
      'for the parts and the parts we have to be able to pay for the parts and the parts we',
      'for the parts and the parts we have to be able to pay',
    ],
    ['marks over and over', '', 'so: ? ? ? ? ? ? ?', 'so: ?'],
    ['a number over and over', '', 'it is 1.1.1 1.1.1 1.1.1', 'it is 1.1.1'],
    ['two words over and over', '', 'on and on and on and on', 'on and'],
  ])('%s', (_, before, text, kept) => {
    const at = repetitionStart(before, text);
    expect(at).toBeDefined();
    expect(text.slice(0, at)).toBe(kept);
  });

  it.each([
    'He had had enough of it.',
    'bit by bit, and bit by byte',
    'A rose is a rose.',
    'They said that that was fine',
    'the more one bakes, the more one knows',
    'and so on...',
    'at 127.0.0.1 and 0.0.0.0, 1,000,000,000 times, in version 1.1.1',
    'it is ***very*** good',
    'see ../../../notes',
    '* * *',
    'it came closer step by step by',
  ])('leaves "%s"', (text) => expect(repetitionStart('', text)).toBeUndefined());

  it('leaves items of a list that begin alike', () => {
    const before = '- Click the button to save the file on the disk.\n- ';
    expect(repetitionStart(before, 'Click the button to save the picture')).toBeUndefined();
  });

  it('drops what repeats from the start and cuts the rest', () => {
    expect(cutRepetition('again again', context('again again '))).toEqual({ drop: 'repeats-itself' });
    expect(cutRepetition(' no no no', context('He said'))).toEqual({ text: ' no' });
    expect(cutRepetition(' a plain ending.', context('It has'))).toEqual({ text: ' a plain ending.' });
  });
});
