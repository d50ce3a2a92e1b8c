import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SuggestionCache } from '../../../../src/editor/completion/cache';
import { Anchor, type Place } from '../../../../src/editor/completion/place';
import type { Wish } from '../../../../src/editor/completion/wish';
import { suggestion } from './support';

const KEY = 'file:///notes.md';

function wish(place: Place, conditions = 'c', steering = ''): Wish {
  return { place, conditions, steeringSince: () => steering };
}

function at(before: string, after: string, key = KEY): Place {
  return { key, text: before + after, offset: before.length };
}

function holding(place: Place, ...texts: string[]): SuggestionCache {
  const cache = new SuggestionCache();
  const made = { conditions: 'c', steering: '', anchor: new Anchor(place) };
  cache.put(
    made,
    texts.map((text) => suggestion(text)),
  );
  return cache;
}

/** Texts with repetitions, so that chance finds the places that look alike. */
const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', 'é', '\ud83d\ude00', '\ud800'), maxLength: 30 });

describe('SuggestionCache', () => {
  it('law: what is served, after what was typed, is what was suggested', () => {
    fc.assert(
      fc.property(text, text, text, fc.nat(40), (before, after, suggested, length) => {
        const typed = suggested.slice(0, length);
        const known = holding(at(before, after), suggested).get(wish(at(before + typed, after)));
        if (known === undefined) {
          expect(typed.length >= suggested.length).toBe(true);
          return;
        }
        for (const { text: served } of known.suggestions) expect(typed + served).toBe(suggested);
        expect(known.typed).toBe(typed.length);
      }),
    );
  });

  it('law: only the same text before and after, with a beginning of the suggestion between them, is served', () => {
    const mostly = fc.nat(3).map((n) => n > 0);
    fc.assert(
      fc.property(
        fc.record({
          before: text,
          after: text,
          suggested: text.filter(Boolean),
          strangeBefore: text,
          strangeAfter: text,
        }),
        fc.nat(32),
        fc.tuple(mostly, mostly),
        ({ before, after, suggested, strangeBefore, strangeAfter }, typed, [sameBefore, sameAfter]) => {
          const place = at(
            sameBefore ? before + suggested.slice(0, typed) : strangeBefore,
            sameAfter ? after : strangeAfter,
          );
          const known = holding(at(before, after), suggested).get(wish(place));
          const now = place.text.slice(0, place.offset);
          const between = now.slice(before.length);
          const fits = place.text.slice(place.offset) === after && now.startsWith(before);
          expect(known !== undefined).toBe(fits && suggested.startsWith(between) && between.length < suggested.length);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('law: nothing is served under other conditions or other pins', () => {
    fc.assert(
      fc.property(text, text.filter(Boolean), fc.string(), fc.string(), (before, suggested, conditions, steering) => {
        const known = holding(at(before, ''), suggested).get(wish(at(before, ''), conditions, steering));
        expect(known !== undefined).toBe(conditions === 'c' && steering === '');
      }),
    );
  });

  it('serves a former position after going back', () => {
    const cache = holding(at('The cat', '.'), ' sat down');
    expect(cache.get(wish(at('The cat sat', '.')))?.suggestions[0]?.text).toBe(' down');
    expect(cache.get(wish(at('The cat s', '.')))?.suggestions[0]?.text).toBe('at down');
    expect(cache.get(wish(at('The ca', '.')))).toBeUndefined();
  });

  it('serves the alternatives that agree', () => {
    const cache = holding(at('It', ''), ' is', ' was', ' will');
    expect(cache.get(wish(at('It w', '')))?.suggestions.map((item) => item.text)).toEqual(['as', 'ill']);
  });

  it('serves no other document', () => {
    expect(holding(at('One', ''), ' two').get(wish(at('One', '', 'file:///other.md')))).toBeUndefined();
  });

  it('knows where there was nothing, just there', () => {
    const cache = new SuggestionCache();
    const silence = { kind: 'low-confidence', sentence: 'Not sure.' };
    cache.put({ conditions: 'c', steering: '', anchor: new Anchor(at('So', '')) }, [], silence);
    expect(cache.get(wish(at('So', '')))?.silence).toEqual(silence);
    expect(cache.get(wish(at('So ', '')))).toBeUndefined();
  });

  it('forgets what was used least recently', () => {
    const cache = new SuggestionCache(2);
    const put = (before: string): void =>
      cache.put({ conditions: 'c', steering: '', anchor: new Anchor(at(before, '')) }, [suggestion(' on')]);
    const has = (before: string): boolean => cache.get(wish(at(before, ''))) !== undefined;
    put('One');
    put('Two');
    expect(has('One')).toBe(true);
    put('Three');
    expect([has('One'), has('Two'), has('Three')]).toEqual([true, false, true]);
  });
});
