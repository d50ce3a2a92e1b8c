import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import type { Nodes, Root } from 'mdast';
import { describe, expect, it } from 'vitest';
import { bar } from '../../../../src/editor/hover/bar';
import { commandLink, plain, table } from '../../../../src/editor/hover/markdown';

function parse(markdown: string): Root {
  return fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
}

/** The text that a reader sees. */
function textOf(node: Nodes): string {
  if ('children' in node) return node.children.map(textOf).join('');
  return node.type === 'text' ? node.value : `<${node.type}>`;
}

const SPECIALS = [
  '**bold** _it_ `code` ~~gone~~',
  '[link](command:evil) ![x](y) <b>html</b> &amp; &#36;',
  '- The various | forms 1. of \\ backslash \\| both',
  '# no heading > no quote',
  'https://example.com www.example.com a@b.example',
  'Emoji 👩‍👩‍👧 and “quotes” · dots',
];

/** What Markdown is made of, and some that it is not. */
const PIECES = [
  ...Array.from('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~ \n\r\tab1é👍'),
  'http://a.b',
  'www.a.b',
  '&amp;',
  '$(pin)',
  '\r\n',
];

describe('plain', () => {
  it.each(SPECIALS)('shows %s as it is', (text) => expect(textOf(parse(plain(text)))).toBe(text));

  it.each(SPECIALS)('shows %s as it is in a table', (text) => {
    const [node] = parse(table(['a', 'b'], [[plain(text), 'x']])).children;
    expect(node?.type).toBe('table');
    expect(textOf(node!)).toBe(`ab${text}x`);
  });

  it('makes one line of several, and no icons', () => {
    expect(plain('a\r\n\r\nb')).toBe('a b');
    expect(textOf(parse(plain('$(pin)')))).toBe('$\u2060(pin)');
  });

  it('never makes anything but text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...PIECES) }), (text) => {
        const { children } = parse(`x${plain(text)}x`);
        expect(children).toHaveLength(1);
        expect(textOf(children[0]!).replaceAll('\u2060', '')).toBe(`x${text.replace(/\s+/gu, ' ')}x`);
      }),
    );
  });
});

describe('commandLink', () => {
  it('holds its argument, whatever is in it', () => {
    const argument = { uri: "file:///a%20b/(1)/don't|*.md", offset: 3 };
    const [node] = parse(commandLink('Pin', 'planwright.pin', argument, 'Pin “a "b" [c]”')).children;
    const link = node?.type === 'paragraph' ? node.children[0] : undefined;
    expect(link).toMatchObject({ type: 'link', title: 'Pin “a "b" [c]”' });
    const [command, query] = (link as { url: string }).url.split('?');
    expect(command).toBe('command:planwright.pin');
    expect(JSON.parse(decodeURIComponent(query!))).toEqual([argument]);
  });
});

describe('bar', () => {
  it.each([
    [1, 1, '████████'],
    [0.5, 1, '████'],
    [0.0001, 1, '▏'],
    [0.3, 0.5, '████▊'],
    [0, 1, ''],
  ])('%d of %d', (share, whole, text) => expect(bar(share, whole)).toBe(text));
});
