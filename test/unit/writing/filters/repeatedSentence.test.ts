import { describe, expect, it } from 'vitest';
import { dropRepeatedSentence } from '../../../../src/writing/filters/repeatedSentence';

const filter = (text: string, before: string, unit: string) =>
  dropRepeatedSentence(text, { before: before + unit, unit, after: '' });

describe('a sentence that was said before', () => {
  it('is dropped, also where its beginning is typed already', () => {
    expect(filter('Pour the water slowly.', 'Pour the water slowly. Wait. ', '')).toEqual({ drop: 'repeats-text' });
    expect(filter(' water slowly.', 'Pour the water slowly. Wait. ', 'Pour the')).toEqual({ drop: 'repeats-text' });
  });

  it('is kept when it differs, or is short enough to come twice', () => {
    expect(filter('Pour the milk slowly.', 'Pour the water slowly. ', '')).toHaveProperty('text');
    expect(filter('Wait.', 'Pour. Wait. ', '')).toEqual({ text: 'Wait.' });
  });
});
