import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { splitUnits } from '../../../src/text/units';

/** The 52 English rules of the pragmatic segmenter (diasks2/pragmatic_segmenter, MIT): the sentences a person would see. */
const rules = JSON.parse(readFileSync(new URL('../../fixtures/text/goldenRules.json', import.meta.url), 'utf8')) as {
  rule: number;
  name: string;
  sentences: string[];
}[];

/**
 * Rules that cannot be met without looking ahead, or that are no Markdown: why, and what comes out instead.
 */
const UNDECIDABLE: Readonly<Record<number, { readonly why: string; readonly units: readonly string[] }>> = {
  8: { why: '"co." ends a sentence only if a new one follows', units: ["Let's ask Jane and co. They should know."] },
  9: { why: '"Co." likewise', units: ['They closed the deal with Pitt, Briggs & Co. It closed yesterday.'] },
  15: { why: '"U.S." likewise (rule 16 is the same text with no end)', units: ['I live in the U.S. How about you?'] },
  18: {
    why: '"P.M." ends a sentence only if a new one follows',
    units: ['At 5 a.m. Mr. Smith went to the bank. ', 'He left the bank at 6 P.M. Mr. Smith then went to the store.'],
  },
  24: {
    why: 'whether speech goes on in "she said" stands behind the quote',
    units: ["She turned to him, 'This is great.' ", 'she said.'],
  },
  25: { why: 'likewise', units: ['She turned to him, "This is great." ', 'she said.'] },
  31: { why: 'a list on one line is no Markdown list', units: ['1.) The first item 2.) ', 'The second item'] },
  33: { why: 'likewise', units: ['1) The first item 2) The second item'] },
  35: { why: 'likewise', units: ['1. The first item 2. ', 'The second item'] },
  39: {
    why: 'likewise',
    units: ['a. The first item b. ', 'The second item c. ', 'The third list item'],
  },
  42: {
    why: 'lines without stops are one hard-wrapped paragraph in Markdown',
    units: ['features\ncontact manager\nevents, activities\n'],
  },
  46: {
    why: 'that the ellipsis is spaced is seen only behind its first dot',
    units: [
      'Thoreau argues that by simplifying one’s life, “the laws of the universe will appear less complex. ',
      '. . .”',
    ],
  },
  51: {
    why: 'likewise',
    units: [
      'One further habit which was somewhat weakened . . . was that of combining words into self-interpreting compounds. ',
      '. . . The practice was not abandoned. ',
      '. . .',
    ],
  },
  52: {
    why: 'a stop without white space stands in names, versions and addresses far more often than at an end',
    units: ['Hello world.Today is Tuesday.Mr. ', 'Smith went to the store and bought 1,000.That is a lot.'],
  },
};

it.each(rules.map((rule) => [rule.rule, rule.name, rule]))('rule %i: %s', (number, _, { sentences }) => {
  const text = sentences.join('');
  const units = splitUnits(text).map((unit) => text.slice(unit.start, unit.end));
  const undecidable = UNDECIDABLE[number];
  expect(units).toEqual(undecidable?.units ?? sentences);
  // A rule that is met must not stay on the list.
  if (undecidable) expect(units).not.toEqual(sentences);
});

it('has all 52', () => {
  expect(rules.map((rule) => rule.rule)).toEqual(Array.from({ length: 52 }, (_, i) => i + 1));
});
