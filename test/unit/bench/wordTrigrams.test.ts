import { expect, it } from 'vitest';
import { WordTrigrams } from '../../bench/wordTrigrams';

function trained(...texts: readonly string[]): WordTrigrams {
  const model = new WordTrigrams();
  for (const text of texts) model.learn(text);
  model.close();
  return model;
}

it('suggests what followed the two words before, and what goes on with the letters that are there', () => {
  const model = trained(
    'We pour the water. We pour the water. We pour the tea. They drink the wine, the wine, the wine.',
  );
  expect(model.wordBehind('Then we pour the ')).toMatchObject({ rest: 'water' });
  expect(model.wordBehind('They drink the ')).toMatchObject({ rest: 'wine' });
  expect(model.wordBehind('They drink the wat')).toEqual({ rest: 'er', probability: expect.closeTo(1) as number });
  expect(model.wordBehind('They pour the t')).toMatchObject({ rest: 'ea' });
});

it('says nothing behind a finished word or before letters that begin none', () => {
  const model = trained('We pour the water.');
  expect(model.wordBehind('We pour the water.')).toBeUndefined();
  expect(model.wordBehind('We pour the x')).toBeUndefined();
  expect(trained().wordBehind('We ')).toBeUndefined();
});

it('gives the most probable of three words at least a third', () => {
  const model = trained('a b a c a b a a c b b c. a c, b');
  for (const before of ['a ', 'a b ', 'zzz ', '']) {
    const best = model.wordBehind(`${before} `);
    expect(best!.probability).toBeGreaterThanOrEqual(1 / 3);
    expect(best!.probability).toBeLessThanOrEqual(1);
  }
});
