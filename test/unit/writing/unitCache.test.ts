import { describe, expect, it } from 'vitest';
import { LeastRecentlyUsed } from '../../../src/writing/lru';
import { UnitCache } from '../../../src/writing/unitCache';
import { ToyModel } from '../support/toyModel';

describe('the least recently used', () => {
  it('is what is forgotten', () => {
    const forgotten: number[] = [];
    const map = new LeastRecentlyUsed<string, number>(2, (value) => forgotten.push(value));
    map.set('a', 1);
    map.set('b', 2);
    expect(map.get('a')).toBe(1);
    map.set('c', 3);
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([1, undefined, 3]);
    map.set('c', 4);
    expect(map.size).toBe(2);
    expect(forgotten).toEqual([2]);
  });
});

describe('the cache of units', () => {
  it('embeds each text once, in whatever order and with whatever space around it', async () => {
    const model = new ToyModel();
    const cache = new UnitCache(model);
    const first = await cache.embed(['One.', ' Two. ', 'One.\n']);
    expect(model.embedded).toEqual([['One.', 'Two.']]);
    expect(first[0]).toBe(first[2]);
    const again = await cache.embed(['Two.', 'Three.']);
    expect(model.embedded[1]).toEqual(['Three.']);
    expect(again[0]).toBe(first[1]);
    expect(again[0]).toEqual((await model.embed(['Two.'])).slice());
  });

  it('embeds many in batches, and stops between them', async () => {
    const model = new ToyModel();
    const cache = new UnitCache(model);
    const texts = Array.from({ length: 100 }, (_, i) => `Number ${i}.`);
    const abort = new AbortController();
    const embedding = model.embed.bind(model);
    model.embed = (batch) => {
      if (model.embedded.length === 1) abort.abort();
      return embedding(batch);
    };
    await expect(cache.embed(texts, abort.signal)).rejects.toMatchObject({ name: 'CancelledError' });
    expect(model.embedded).toHaveLength(2);
    // What was embedded by then is kept.
    await cache.embed(texts);
    expect(model.embedded.flat().sort()).toEqual([...texts].sort());
  });

  it('reads the beginning of a long unit, never half a character', async () => {
    const model = new ToyModel();
    const cache = new UnitCache(model);
    await cache.embed([`${'x'.repeat(767)}😀 and more`]);
    expect(model.embedded[0]![0]).toBe('x'.repeat(767));
  });
});
