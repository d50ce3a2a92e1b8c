import { describe, expect, it } from 'vitest';
import { dropFollowing } from '../../../../src/writing/filters/following';

const filter = (text: string, after: string, unit = '') => dropFollowing(text, { before: unit, unit, after });

describe('what follows already', () => {
  it.each([
    ['sentence', 'It boils at 100 degrees.', '\n\nIt boils at 100 degrees. Then it steams.'],
    ['heading', 'How to brew tea', '\n\n## How to brew tea\n\nText.'],
    ['list item', 'add the **leaves**', '\n- add the leaves\n- wait'],
    ['numbered item', 'add the leaves', '\n2. Add the leaves.\n'],
  ])('drops the following %s', (_, text, after) => expect(filter(text, after)).toEqual({ drop: 'repeats-suffix' }));

  it('knows the part that is typed already', () => {
    expect(filter('boils at 100 degrees.', '\nIt boils at 100 degrees.', 'It ')).toEqual({ drop: 'repeats-suffix' });
  });

  it('sees what the completion and the rest of its line say together', () => {
    const items = ' to brew tea\n- You want to brew coffee';
    expect(filter('want', items, '- You ')).toEqual({ text: 'want' });
    expect(filter('want to brew', ' coffee\n- You want to brew coffee', '- You ')).toEqual({ drop: 'repeats-suffix' });
  });

  it('leaves other text, and coincidences of a short word', () => {
    expect(filter('It freezes at 0 degrees.', '\nIt boils at 100 degrees.')).toEqual({
      text: 'It freezes at 0 degrees.',
    });
    expect(filter('Yes.', '\nYes.')).toEqual({ text: 'Yes.' });
    expect(filter('Take the car', '\nTake the carpet out.')).toEqual({ text: 'Take the car' });
    expect(filter('It boils at 100 degreesome', '\nIt boils at 100 degrees.')).toHaveProperty('text');
  });
});
