import { describe, expect, it } from 'vitest';
import { cutAtClosing } from '../../../../src/writing/filters/closedBehind';

const filter = (unit: string, text: string, after: string) => cutAtClosing(text, { before: unit, unit, after });

describe('what the text after the cursor closes', () => {
  it.each([
    ['It runs here (macOS and Li', 'nux) and there.', ')', 'nux'],
    ['All of it (one (two) and tw', 'o) files', ') more', 'o'],
    ['See [sample ', 'file](https://example.org) and more.', '](essay.md)', 'file'],
    ['A “large ', 'house” stands.', '”', 'house'],
    ['A "large ', 'house" stands.', '"', 'house'],
    ['This is **very import', 'ant** to know', '** to', 'ant'],
    ['This is _very import', 'ant_ to know', '_ to', 'ant'],
    ['It is ~~wro', 'ng~~ right', '~~', 'ng'],
    ['It is ', 'near.', '.', 'near'],
    ['It is (', 'very near).', ').', 'very near'],
    ['* This is *very ', 'important* thing.', '*', 'important'],
    ['The max_len is _very ', 'large_ here.', '_', 'large'],
    ['He said "It works. And then ', 'it stops." He left.', '"', 'it stops.'],
    ['It is in the ', 'U.S.', '.', 'U.S'],
    ['"You are ', 'right."', '." she said', 'right'],
    ['It is (', 'so!)', '!)', 'so'],
    ['**It is ', 'so.**', '.** Then', 'so'],
    ['It is 5 ', 'ft.,', '., one target', 'ft'],
  ])('is not closed twice: %s|%s|%s', (unit, text, after, kept) => {
    expect(filter(unit, text, after)).toEqual({ text: kept });
  });

  it.each([
    ['It runs ', 'here (on a pan) and there.', ' for a while'],
    ['It runs (', 'on a (large) pan', ')'],
    ['It runs **', 'fast and *far*', '**'],
    ['He said ', 'so "twice" today', '" and'],
    ['It is ', 'near.', ' and far'],
    ['* See ', 'the *nice* and big', '*word* here'],
    ['He moved to the ', 'U.S.', ', where he died.'],
    ['Apples, ', 'pears, etc.', ', and nuts'],
    ['See it ', 'here.', '![alt](a.png)'],
    ['And ', 'so on...', '.'],
    ['First a) ', 'the tea, b) the kettle', ' and c) the cup'],
    ['It runs (', 'on a (large) pan', 'and so on)'],
    ['It (all (of it', ') runs', ' on and on)'],
    ['**One** and ', '**two** are', ' **three** to'],
    ['He said "so ', 'it is" and', ' "no" again'],
    ['"I shall ', 'be glad," she said, "to be', ' well again."'],
    ['It is 5 (', 'v1): so (alpha', ') and'],
    ['There are ', 'two: a) this, and b) that', ''],
    ['It is ', 'fine :) so', ''],
    ['It (all ', 'of it) runs', ''],
    ['It ends with ', '`)` and `]`', ''],
    ['It is “so.\n\nAnd ', 'so” he', ''],
  ])('and nothing else is touched: %s|%s|%s', (unit, text, after) => {
    expect(filter(unit, text, after)).toEqual({ text });
  });

  it.each([
    ['It fails (there is no rule ', 'for it). ', 'of that kind):', 'for it'],
    ['See [the ', 'page](x.md) of', ' first page](y.md).', 'page'],
    ['"I am so ', 'tired." ', 'very tired."', 'tired.'],
    ['A “very ', 'large” one', ' large house” stands', 'large'],
    ['This is **very ', 'big** to', ' and important** to', 'big'],
    ['This is (not ', 'yet) so', '\nclosed here)', 'yet'],
    ['It (all (of ', 'it)) runs', ' on and on)', 'it)'],
  ])('is not closed before the rest of the paragraph closes it: %s|%s|%s', (unit, text, after, kept) => {
    expect(filter(unit, text, after)).toEqual({ text: kept });
  });

  it.each([
    ['It is ', 'the latter) one', 'the latter'],
    ['It (all) is ', 'so]) and', 'so'],
    ['It (all of ', 'it)) runs', 'it)'],
  ])('is not closed where nothing is open: %s|%s', (unit, text, kept) => {
    expect(filter(unit, text, '')).toEqual({ text: kept });
  });

  it('drops what only closes', () => {
    expect(filter('It is (near', ').', ').')).toEqual({ drop: 'repeats-suffix' });
    expect(filter('It is near', '.', '.')).toEqual({ drop: 'repeats-suffix' });
  });
});
