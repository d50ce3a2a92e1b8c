import { describe, expect, it } from 'vitest';
import { cutAtWrongNumber } from '../../../../src/writing/filters/listNumber';

const filter = (before: string, text: string) => cutAtWrongNumber(text, { before, unit: '', after: '' });

describe('the number of a list item', () => {
  it.each([
    ['goes on', '1. Boil.\n2. Pour.\n', '3. Wait.'],
    ['goes on with its mark', '1) Boil.\n2) Pour.\n', '3) Wait.'],
    ['may stay', '1. Boil.\n1. Pour.\n', '1. Wait.'],
    ['may stay in the second item', '1. Boil.\n', '1. Pour.'],
    ['begins anywhere', 'Text.\n\n', '5. Boil.'],
    ['begins again in another item', '- Tea\n  1. Boil.\n  2. Pour.\n- Coffee\n', '  1. Grind.'],
    ['begins again below a heading', '1. Boil.\n2. Pour.\n\n## Coffee\n\n', '1. Grind.'],
    ['begins again below a paragraph', '1. Boil.\n2. Pour.\n\nCoffee:\n\n', '1. Grind.'],
    ['begins again in an inner list', '1. Boil.\n2. Pour:\n', '   1. Slowly.'],
    ['goes on behind an inner list', '1. Boil:\n   1. Slowly.\n\n   So.\n', '2. Pour.'],
    ['is the writer’s', '1. Boil.\n7. ', 'Pour.'],
  ])('%s', (_, before, text) => expect(filter(before, text)).toEqual({ text }));

  it('is what is due', () => {
    expect(filter('1. Boil.\n2. Pour.\n', '2. Wait.')).toEqual({ drop: 'wrong-number' });
    expect(filter('1. Boil.\n2. Pour.\n', '4. Wait.')).toEqual({ drop: 'wrong-number' });
    expect(filter('1. Boil.\n2. Pour', ' slowly.\n3. Wait.\n2. Pour.\n4. Drink.')).toEqual({
      text: ' slowly.\n3. Wait.',
    });
    expect(filter('1. Boil.\n\n2. Pour.\n', '\n2. Wait.')).toEqual({ drop: 'wrong-number' });
  });
});
