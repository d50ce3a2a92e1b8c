import { describe, expect, it } from 'vitest';
import { cutRepeatedSentence } from '../../../../src/writing/filters/repeatedSentence';

const filter = (text: string, before: string, unit: string, asked = false) =>
  cutRepeatedSentence(text, { before: before + unit, unit, after: '', asked });

describe('a sentence that was said shortly before', () => {
  it('is cut to its first words', () => {
    expect(filter('Pour the water very slowly.', 'Pour the water very slowly. Wait. ', '')).toEqual({
      text: 'Pour the water',
    });
    expect(filter(' the water very slowly.', 'Pour the water very slowly. Wait. ', 'Pour')).toEqual({
      text: ' the water very',
    });
  });

  it('is dropped where the writer asked for a sentence', () => {
    expect(filter('Pour the water very slowly.', 'Pour the water very slowly. Wait. ', '', true)).toEqual({
      drop: 'repeats-text',
    });
  });

  it('is dropped where only its end is left', () => {
    expect(filter(' water slowly.', 'Pour the water slowly. Wait. ', 'Pour the')).toEqual({ drop: 'repeats-text' });
    expect(filter(' water slowly.”', 'Pour the water slowly. Wait. ', 'Pour the')).toEqual({ drop: 'repeats-text' });
  });

  it('is kept when it differs, is short enough to come twice, or was said long before', () => {
    const kept = (text: string, before: string) => expect(filter(text, before, '')).toEqual({ text });
    kept('Pour the milk slowly.', 'Pour the water slowly. ');
    kept('Wait.', 'Pour. Wait. ');
    kept('Pour the water very slowly.', `Pour the water very slowly. ${'Wait a little. '.repeat(30)}`);
  });
});
