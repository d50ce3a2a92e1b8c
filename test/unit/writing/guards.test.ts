import { describe, expect, it } from 'vitest';
import { hasOpenFormula, refusal } from '../../../src/writing/guards';
import { UnitDocument } from '../../../src/text/units';

describe('a formula between dollars', () => {
  it.each(['Let $x', 'Let $x + ', 'Let $\\alpha', 'Let $a$, $b', 'So `$` is $x_', 'Let $X_i = ', '$N_{max} '])(
    'is open: %s',
    (text) => {
      expect(hasOpenFormula(text)).toBe(true);
    },
  );

  it.each([
    'Let $x$ be',
    'It costs $5 and ',
    'It costs 5$ ',
    'Set $HOME to ',
    'Set $PATH',
    'A $word of its own',
    'A \\$x',
    'A $',
    'It costs 5$, ',
    'Prices are in US$/MWh ',
    'The formula $$x$$, ',
    'Set $MY_VAR ',
    '$f(x)$, $g(x)$, and',
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

it('a footnote is text', () => {
  const text = 'Text.[^1]\n\n[^1]: It';
  expect(refusal({ text, cursor: text.length, unitStart: 11, unitKind: 'sentence' })).toBeUndefined();
});
