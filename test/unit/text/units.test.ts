import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closedUnitCount, splitUnits, UnitDocument } from '../../../src/text/units';
import { expectCausal, expectTiling, numbersFrom, PIECES } from './laws';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const excerpts = JSON.parse(readFileSync(here('../../fixtures/text/excerpts.json'), 'utf8')) as {
  id: string;
  text: string;
}[];
const specification = readFileSync(here('../../../node_modules/commonmark-spec/spec.txt'), 'utf8');
const markdown = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join(''));
const anything = fc.oneof(markdown, fc.string({ unit: 'binary', maxLength: 60 }));

describe('units tile the text', () => {
  it('whatever the text', () => {
    fc.assert(
      fc.property(anything, (text) => {
        expectTiling(text);
      }),
      { numRuns: 2000 },
    );
  });

  it('the CommonMark specification', () => {
    expectTiling(specification);
  });
});

describe('causality: what is closed in a prefix is closed, and the same, in the whole', () => {
  it('at every prefix of random Markdown', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const whole = splitUnits(text);
        for (let length = 0; length <= text.length; length++) expectCausal(text, whole, length);
      }),
      { numRuns: 1500 },
    );
  });

  it.each(excerpts.map(({ id, text }) => [id, text]))('at every prefix of %s', (_, text) => {
    const whole = splitUnits(text);
    for (let length = 0; length <= text.length; length++) expectCausal(text, whole, length);
  });

  it('at 300 prefixes of the CommonMark specification, and at every prefix of its examples', () => {
    const whole = splitUnits(specification);
    const random = numbersFrom(1);
    for (let i = 0; i < 300; i++) expectCausal(specification, whole, random(specification.length));
    const examples = [...specification.matchAll(/^`{32} example\n([\s\S]*?)^\.\n/gm)].map((m) =>
      m[1]!.replaceAll('→', '\t'),
    );
    expect(examples.length).toBeGreaterThan(600);
    for (const text of examples) {
      expectTiling(text);
      const units = splitUnits(text);
      for (let length = 0; length <= text.length; length++) expectCausal(text, units, length);
    }
  });
});

describe('an edit', () => {
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat(12), fc.constantFrom('', ...PIECES)), { maxLength: 12 });

  it('leaves what splitting from scratch gives, and names the units that changed', () => {
    fc.assert(
      fc.property(markdown, edits, (text, changes) => {
        const document = new UnitDocument(text);
        for (const [place, length, replacement] of changes) {
          const before = { text: document.text, units: document.units };
          const start = place % (document.text.length + 1);
          const end = Math.min(document.text.length, start + length);
          const { from, oldTo, newTo } = document.edit(start, end, replacement);
          expect(document.text).toBe(before.text.slice(0, start) + replacement + before.text.slice(end));
          expect(document.units).toEqual(splitUnits(document.text));
          const old = before.units.map((unit) => before.text.slice(unit.start, unit.end));
          const now = document.units.map((unit) => document.text.slice(unit.start, unit.end));
          expect(now.slice(0, from)).toEqual(old.slice(0, from));
          expect(now.slice(newTo)).toEqual(old.slice(oldTo));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('at the beginning of the text moves a line away from where it could begin front matter', () => {
    const document = new UnitDocument('---\n');
    document.edit(0, 0, '  \n');
    expect(document.units).toEqual(splitUnits('  \n---\n'));
  });

  it('of one character in 100 kB changes few units', () => {
    const text = excerpts
      .map((excerpt) => excerpt.text)
      .join('\n\n')
      .repeat(4)
      .slice(0, 100_000);
    const document = new UnitDocument(text);
    const random = numbersFrom(2);
    let changed = 0;
    for (let i = 0; i < 200; i++) {
      const at = random(document.text.length);
      const { from, newTo } = document.edit(at, at, 'x');
      changed += newTo - from;
    }
    expect(document.units).toEqual(splitUnits(document.text));
    // One unit each, more only where the letter breaks a fence or a marker.
    expect(changed / 200).toBeLessThan(3);
  });

  it('outside the text is refused', () => {
    expect(() => new UnitDocument('abc').edit(2, 4, '')).toThrow(RangeError);
  });
});

describe('what people expect', () => {
  const shown = (text: string) => splitUnits(text).map((unit) => [unit.kind, text.slice(unit.start, unit.end)]);

  it.each([
    ['version numbers', 'Use 3.11.2 here. Then stop.', ['Use 3.11.2 here. ', 'Then stop.']],
    ['addresses', 'See https://a.example/b.c?d for more. Done.', ['See https://a.example/b.c?d for more. ', 'Done.']],
    ['inline code', 'Call `a. b` first. Then go.', ['Call `a. b` first. ', 'Then go.']],
    ['emphasis after the stop', '**Stop.** Then go.', ['**Stop.** ', 'Then go.']],
    ['a hard line break', 'One line  \ngoes on. Next.', ['One line  \ngoes on. ', 'Next.']],
    ['hard-wrapped text', 'One line\ngoes on. Next.', ['One line\ngoes on. ', 'Next.']],
    ['wide stops', '今日は。元気？はい', ['今日は。', '元気？', 'はい']],
    ['CRLF', 'One.\r\nTwo.\r\n\r\nThree', ['One.\r\n', 'Two.\r\n', '\r\nThree']],
  ])('%s', (_, text, wanted) => {
    expect(shown(text).map(([, unit]) => unit)).toEqual(wanted);
  });

  it('blocks have kinds', () => {
    const text =
      '---\na: b\n---\n# T\n\nPara\n\n- one\n- two\n\n> said.\n\n```\nx. y\n```\n\n| a | b |\n|---|---|\n\n$$\nx\n$$\n';
    expect(shown(text).map(([kind]) => kind)).toEqual([
      'frontMatter',
      'heading1',
      'sentence',
      'listItem',
      'listItem',
      'quote',
      'code',
      'table',
      'math',
    ]);
  });

  it('a sentence is closed by the white space behind it, a list item by the next marker', () => {
    const text = 'One. Two';
    expect(closedUnitCount(splitUnits(text), 4)).toBe(0);
    expect(closedUnitCount(splitUnits(text), 5)).toBe(1);
    const list = '- one\n- two';
    const [first] = splitUnits(list);
    expect(first).toMatchObject({ start: 0, end: 6 });
    expect(first!.closedAt).toBeGreaterThan(6);
  });
});
