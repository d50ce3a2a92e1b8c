import { describe, expect, it } from 'vitest';
import { cutRepeatedHeading } from '../../../../src/writing/filters/repeatedHeading';

const filter = (before: string, text: string, after = '') => cutRepeatedHeading(text, { before, unit: '', after });

const DOCUMENT = '# Guide\n\n## Remarks\n\nText.\n\n### Notes\n\nText.\n\n## Example ##\n\nText.\n\n';

describe('a heading that its chapter has already', () => {
  it.each([
    ['of the completion', DOCUMENT, '## Remarks'],
    ['in other marks', DOCUMENT, '## **Example**:'],
    ['whose marks are written', `${DOCUMENT}## `, 'Remarks'],
    ['whose beginning is written', `${DOCUMENT}## Rem`, 'arks'],
    ['at the end of a line', DOCUMENT.trimEnd(), '\n\n## Remarks\n\nText'],
  ])('is dropped: one %s', (_, before, text) => {
    expect(filter(before, text)).toEqual({ drop: 'repeats-text' });
  });

  it('ends what is before it', () => {
    expect(filter(DOCUMENT, 'More text.\n\n## Remarks\n\nText')).toEqual({ text: 'More text.' });
    expect(filter(DOCUMENT, '## New\n\nText.\n\n## New')).toEqual({ text: '## New\n\nText.' });
  });

  it.each([
    ['is another', DOCUMENT, '## Summary'],
    ['has another level', DOCUMENT, '### Remarks'],
    ['is under another heading', DOCUMENT, '### Notes'],
    ['is but begun', DOCUMENT, '## '],
    ['is no heading', DOCUMENT, 'Remarks'],
    ['is longer', `${DOCUMENT}## `, 'Remarks on this'],
  ])('leaves what %s', (_, before, text) => {
    expect(filter(before, text)).toEqual({ text });
  });
});
