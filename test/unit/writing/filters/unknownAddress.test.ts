import { describe, expect, it } from 'vitest';
import { cutUnknownAddress } from '../../../../src/writing/filters/unknownAddress';

const BEFORE = 'See [the guide](guide.md), <https://example.org/a>, [it][page] and so on.[^1] ';
const AFTER = '\n\n[^1]: A note.\n[page]: x.md\n';
const filter = (text: string) => cutUnknownAddress(text, { before: BEFORE, unit: '', after: AFTER });

describe('an address that the document does not have', () => {
  it.each([
    ['a link', 'See [the manual](manual.md) for more.', 'See'],
    ['a link in angle brackets', 'See [the manual](<manual.md>) for more.', 'See'],
    ['an image', 'Look: ![a cat](cat.png)', 'Look:'],
    ['the end of a link', 'manual](https://example.com/b) for more.', 'manual'],
    ['a link by label', 'See [the manual][manual] for more.', 'See'],
    ['a footnote', 'It is so.[^2]', 'It is so.'],
    ['an address', 'It is at https://example.com/b now.', 'It is at'],
    ['an address in angle brackets', 'It is at <https://example.com/b> now.', 'It is at'],
  ])('ends it: %s', (_, text, kept) => expect(filter(text)).toEqual({ text: kept }));

  it('is not offered alone', () => {
    expect(filter('[^2]')).toEqual({ drop: 'unknown-address' });
    expect(filter('[The manual](manual.md) is here.')).toEqual({ drop: 'unknown-address' });
  });

  it.each([
    'See [this](guide.md) and [that](guide.md "The guide") for more.',
    'See [it there][page] and [page], or [the one].',
    'It is so.[^1]',
    'It is at https://example.org/a.',
    'Write `[a](b.md)` or `https://example.com`.',
    'In a[0] (so) all is known.',
  ])('leaves "%s"', (text) => expect(filter(text)).toEqual({ text }));
});
