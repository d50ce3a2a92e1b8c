import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasOpenFormula, refusal } from '../../../src/writing/guards';
import { UnitDocument } from '../../../src/text/units';
import { processorTime } from '../support/processorTime';

describe('a formula between dollars', () => {
  it.each([
    'Let $x',
    'Let $x + ',
    'Let $\\alpha',
    'Let $a$, $b',
    'So `$` is $x_',
    'Let $X_i = ',
    '$N_{max} ',
    'A $2n',
    'A $1/n',
    'A $10^{3',
    'A $2\\times 2',
    'A $3 \\cdot ',
    'Let $E = mc',
    'Let $E = mc^2 + ',
    'Let $y = ab_i',
  ])('is open: %s', (text) => {
    expect(hasOpenFormula(text)).toBe(true);
  });

  it.each([
    'Let $x$ be',
    'It costs $5 and ',
    'It costs 5$ ',
    'Set $HOME to ',
    'Set $PATH',
    'A $word of its own',
    'A $word of, its',
    'A \\$x',
    'A $',
    'It costs 5$, ',
    'Prices are in US$/MWh ',
    'The formula $$x$$, ',
    'Set $MY_VAR ',
    '$f(x)$, $g(x)$, and',
    'The $2n$ is',
    'The $2 \\times 2$ is',
    'It costs $5/month',
    'It costs $10 and',
    'It costs $10',
    'It costs $5k',
    'It costs $1.50, ',
    'It costs $20/hr or $5/h',
    'It costs $3bn',
  ])('is not open: %s', (text) => {
    expect(hasOpenFormula(text)).toBe(false);
  });
});

it('below an image a caption may be written', () => {
  const text = 'Text.\n\n![A picture](media/a.png)\n';
  const document = new UnitDocument(text);
  const open = document.units.at(-1)!;
  expect(refusal({ text, cursor: text.length, unitStart: open.start, unitKind: open.kind })).toBeUndefined();
});

it.each(['Begin it with `<!--` and end it with ', '[Bob]: ', '[link text]: more'])('%s is text', (text) => {
  expect(refusal({ text, cursor: text.length, unitStart: 0, unitKind: 'sentence' })).toBeUndefined();
});

/** The reason at the end of a text, whose units are found as the session finds them. */
function reasonAtEnd(text: string): string | undefined {
  const open = new UnitDocument(text).units.at(-1)!;
  return refusal({ text, cursor: text.length, unitStart: open.start, unitKind: open.kind })?.kind;
}

it('a comment is silent in each of its sentences, and over when it is closed', () => {
  expect(reasonAtEnd('Text. Text <!-- one sentence. Another')).toBe('inside-html');
  expect(reasonAtEnd('Text.\n\n<!-- one sentence.\n\nAnother')).toBe('inside-html');
  expect(reasonAtEnd('Text <!-- one sentence. Another --> goes on. And')).toBeUndefined();
  // No comment goes beyond its paragraph.
  expect(reasonAtEnd('Text <!-- one sentence.\n\nAnother')).toBeUndefined();
});

it.each([
  '[the page](https://en.wikipedia.org/wiki/Foo_(disambig',
  '[the page](https://en.wikipedia.org/wiki/Foo_(disambig)_',
  '[the page](x.md "It\'s the',
  '[the page](x.md "It\'s the page"',
  "[the page](x.md 'so (so)",
  '[the page](x.md (the',
  '[the page](x.md ',
  '[![icon](i.png)](https://exa',
  '[the market][the',
  'See [the `code`][',
  '[docs]: x.md "It\'s the',
])('the target of a link is no prose: %s', (text) => {
  expect(reasonAtEnd(`Text.\n\n${text}`)).toBe('inside-link');
});

it.each([
  '[the page](Foo_(disambiguation)) has',
  '[the page](x.md "It\'s the page") has',
  '[the market][the] one',
  '[the market] [the',
  'Write `](` and',
  '- [x][ and',
  '(a list](of all) things',
])('but what stands behind it is: %s', (text) => {
  expect(reasonAtEnd(`Text.\n\n${text}`)).toBeUndefined();
});

it.each([
  'See https://exam',
  'See (https://example.org/a',
  'See **www.exam',
  'Write to someone@exam',
  'See [[the page',
])('an address is no prose: %s', (text) => {
  expect(reasonAtEnd(`Text.\n\n${text}`)).toBe('inside-link');
});

it.each([
  'See https://example.org/a ',
  'See (https://example.org/a)',
  'See https://example.org/a,',
  'See @exam',
  'See [[1]] and',
  'See [the page',
])('but what stands behind one is: %s', (text) => {
  expect(reasonAtEnd(`Text.\n\n${text}`)).toBeUndefined();
});

it.each([
  'The value is {props.na',
  'The value is {{ site.ti',
  '{{< figure src="a',
  '{% include fo',
  'A title {#an-id .cl',
  '{: .cl',
])('what a program reads is no prose: %s', (text) => {
  expect(reasonAtEnd(`Text.\n\n${text}`)).toBe('inside-code');
});

it.each(['The set {a, b', 'A title {#an-id} and', '{{< note >}} Mind', 'Text with \\{a', 'In `{` and'])(
  'but a brace may stand in it: %s',
  (text) => {
    expect(reasonAtEnd(`Text.\n\n${text}`)).toBeUndefined();
  },
);

it.each(['<?code-excerpt "lo', '<!DOCTYPE ht', '<?xml'])('a declaration is HTML: %s', (text) => {
  expect(reasonAtEnd(`Text.\n\n${text}`)).toBe('inside-html');
});

it.each([':::', ':::no', '::: note', '> :::tip', '!!! no', '??? note', '???+ note', '> [!NO'])(
  'the name of an admonition is no prose: %s',
  (text) => {
    expect(reasonAtEnd(`Text.\n\n${text}`)).toBe('after-marker');
  },
);

it.each([':::note\nMind', '::: tip Mind', '!!! note "Mind', '> [!NOTE]', 'So:::'])('but its text is: %s', (text) => {
  expect(reasonAtEnd(`Text.\n\n${text}`)).toBeUndefined();
});

it('a tag is HTML from its slash on', () => {
  expect(reasonAtEnd('This is <b>bold</')).toBe('inside-html');
  expect(reasonAtEnd('This is 3 < 4')).toBeUndefined();
});

/** The reason at the bar of a text. */
function reasonAt(marked: string): string | undefined {
  const cursor = marked.indexOf('¦');
  const before = marked.slice(0, cursor);
  const open = new UnitDocument(before).units.at(-1)!;
  const place = { text: before + marked.slice(cursor + 1), cursor, unitStart: open.start, unitKind: open.kind };
  return refusal(place)?.kind;
}

it.each([
  "They wouldn¦'t go",
  'They couldn¦’t find',
  "It is the writer¦'s choice",
  "I don'¦t know",
  'I don’¦t know',
  'The cafe¦\u0301 is',
  'The cafe\u0301¦s are',
  'The ca¦fé is',
])('the middle of a word: %s', (marked) => {
  expect(reasonAt(marked)).toBe('inside-word');
});

it.each([
  "the 'old¦' and left",
  "the 'old'¦ and left",
  "the ¦'old' and left",
  "the '¦old' and left",
  "the cats¦'",
  'the ¦old',
  'the old¦ one',
])('the edge of a word: %s', (marked) => {
  expect(reasonAt(marked)).toBeUndefined();
});

const BLOCKS = [
  '# Title',
  '###### Title',
  '- item',
  '* item',
  '3. Run it.',
  '12) Run it.',
  '> quote',
  '```sh',
  '~~~',
  '| a | b |',
  '$$',
  '![kettle](k.png)',
  '<div>',
  '</div>',
  '<!-- so -->',
  '---',
  '* * *',
  '[docs]: x.md',
  '[^1]: A note.',
  '  - item',
];

it.each(BLOCKS)('text would run into a block that begins right behind the cursor: %s', (block) => {
  expect(reasonAt(`Text.\n\n¦${block}`)).toBe('before-block');
  expect(reasonAt(`Text.\n¦${block}\n\nMore.`)).toBe('before-block');
  expect(reasonAt(`> Text.\n>\n> ¦${block}`)).toBe('before-block');
});

it.each([
  'Text.\n\n¦\n## Title',
  'Text.\n\n¦**Note** this.',
  'Text.\n\n¦*Note* this.',
  'Text.\n\n¦#tag',
  'Text.\n\n¦1.5 litres',
  'Text.\n\n¦[See](x.md) it.',
  'Text.\n\n¦$x$ is',
  'Text.\n\nIt is ¦- or so it seems -',
  'Text.\n\n- ¦![kettle](k.png)',
  'Text.\n\n¦***Bold*** text',
  'Text.\n\n¦___bold___ x',
  'Text.\n\n¦--- he said',
  'Text.\n\n¦<b>bold</b> text',
  'Text.\n\n¦<kbd>x</kbd> ends it',
  'Text.\n\n¦<https://example.org> is',
  'Text.\n\n¦![kettle](k.png) is one',
  'Text.\n\n¦$$x$$ is',
])('but not into other text: %s', (marked) => {
  expect(reasonAt(marked)).toBeUndefined();
});

it('are cheap for any text', () => {
  const pieces = [
    '](',
    '(aa',
    '(aa)',
    '](a (',
    ' ',
    '][',
    '[a',
    '<a',
    '"',
    "'",
    '$2n',
    '$',
    '`',
    '\u0301',
    'é',
    '- ',
    '>',
    '{',
    '[[',
    'a@',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 4 }), fc.nat(1), (parts, end) => {
      const repeated = parts.join('').repeat(Math.ceil(50_000 / parts.join('').length));
      const text = `x${repeated}${['', ') y'][end]}`;
      const place = { text: text + repeated, cursor: text.length, unitStart: 0, unitKind: 'sentence' } as const;
      expect(processorTime(() => refusal(place))).toBeLessThan(500);
    }),
    { numRuns: 60 },
  );
});

it('a footnote is text', () => {
  const text = 'Text.[^1]\n\n[^1]: It';
  expect(refusal({ text, cursor: text.length, unitStart: 11, unitKind: 'sentence' })).toBeUndefined();
});
