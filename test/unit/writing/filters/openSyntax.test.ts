import { describe, expect, it } from 'vitest';
import { closeSyntax } from '../../../../src/writing/filters/openSyntax';

const filter = (text: string, unit = '') => closeSyntax(text, { before: unit, unit, after: '' });

describe('Markdown left open', () => {
  it.each([
    ['code span', 'run `npm install', 'run'],
    ['double code span', 'run ``a ` b', 'run'],
    ['strong', 'this is **important', 'this is'],
    ['emphasis', 'this is *quite', 'this is'],
    ['underscore', 'this is _quite', 'this is'],
    ['strikethrough', 'not ~~this', 'not'],
    ['link text', 'see [the manual', 'see'],
    ['link target', 'see [the manual](https://exam', 'see'],
    ['link to no address', 'see [the manual](https://exam ple.org/) for', 'see'],
    ['image', 'look: ![a cat', 'look:'],
    ['link with strong inside', 'see [**the', 'see'],
    ['two of them', 'a **b `c', 'a'],
  ])('cuts before an open %s', (_, text, kept) => expect(filter(text)).toEqual({ text: kept }));

  it.each([
    'run `npm install` first',
    'this is **important** and *new*',
    'see [the manual](https://example.org/a) for more',
    'see [the manual](https://example.org/a_(b)) for more',
    'see [the manual](<a b.md> "It is (so)") for more',
    'see [![icon](i_c.png)](https://example.org/a_b) for more',
    'see *`dirname`*. It is **[here](a_b.md)**.',
    'see [the manual][ref] and [ref]',
    'snake_case_names are fine',
    '2 * 3 is 6',
    'escaped \\*star and \\`tick',
    'a `[` in code',
  ])('leaves "%s"', (text) => expect(filter(text)).toEqual({ text }));

  it('drops what is nothing but the open construct', () => {
    expect(filter('**bold', 'It is ')).toEqual({ drop: 'open-syntax' });
  });

  it('leaves to the writer what the writer opened', () => {
    expect(filter('important to know', 'this is **very ')).toEqual({ text: 'important to know' });
    expect(filter('important** here', 'this is **very ')).toEqual({ text: 'important** here' });
  });
});
