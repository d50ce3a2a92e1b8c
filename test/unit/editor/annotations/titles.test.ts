import { describe, expect, it } from 'vitest';
import { quietText } from '../../../../src/editor/annotations/quietText';
import { labelsTitle, lensTitle, nextTitle } from '../../../../src/editor/annotations/titles';
import { english } from '../support/localiser';
import { letters } from '../support/plannedState';

const { name } = letters;

describe('labelsTitle', () => {
  it.each([
    [[0, 1, 2], 4, 'A → B → C'],
    [[0, 0, 1, 0], 4, 'A ×2 → B → A'],
    [[0, 1, 2, 3, 3, 4], 2, 'A → B +4'],
    [[0, undefined, undefined, 1], 4, 'A → … → B'],
    [[undefined], 4, '…'],
    [[], 4, '…'],
  ])('%j, at most %d: %s', (labels, most, title) => expect(labelsTitle(labels, most, name)).toBe(title));

  it('spells out fewer where the names are long, so that what comes next stays in sight', () => {
    const long = (label: number): string => `${name(label)} states something about the world`;
    expect(labelsTitle([0, 1, 2], 4, long)).toBe(`${long(0)} → ${long(1)} +1`);
    expect(labelsTitle([0, 1, 2], 8, long)).toBe(`${long(0)} → ${long(1)} → ${long(2)}`);
    expect(labelsTitle([0, 1, 1], 1, long)).toBe(`${long(0)} +2`);
  });
});

describe('nextTitle', () => {
  const expected = [
    { id: 3, probability: 0.41 },
    { id: 4, probability: 0.2 },
  ];

  it('says what is most probable', () => {
    expect(nextTitle(expected, { pins: [], never: [] }, name, english)).toBe('next: D 41\u00a0%');
  });

  it('leaves out what was excluded', () => {
    expect(nextTitle(expected, { pins: [], never: [3] }, name, english)).toBe('next: E 20\u00a0%');
  });

  it('says the pin, known plan or not', () => {
    expect(nextTitle(expected, { pins: [1, 2], never: [] }, name, english)).toBe('next: B pinned');
    expect(nextTitle(undefined, { pins: [1], never: [] }, name, english)).toBe('next: B pinned');
  });

  it('holds a place while nothing is known', () => {
    expect(nextTitle(undefined, { pins: [], never: [] }, name, english)).toBe('next: …');
  });
});

it('a pinned lens has an icon beside the word, and names make none', () => {
  expect(lensTitle('next: B pinned', true)).toBe('$(pinned)\u00a0next: B pinned');
  expect(lensTitle('$(gear)', false)).toBe('$\u2060(gear)');
});

describe('quietText', () => {
  it('says nothing while nothing is known', () => {
    expect(quietText({ labels: '…', next: 'next: …' })).toBeUndefined();
  });

  it('keeps what comes next where not all fits', () => {
    for (const next of ['next: B 41 %', 'next: Quotes a remark with no speaker named pinned']) {
      const text = quietText({ labels: 'word '.repeat(60), next });
      expect(text?.length).toBeLessThanOrEqual(80);
      expect(text?.endsWith(`… | ${next}`)).toBe(true);
    }
  });
});
