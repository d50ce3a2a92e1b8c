import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Utf8Stream } from '../../../../src/writing/filters/utf8';

describe('a stream of UTF-8', () => {
  it('holds bytes back until a character is complete, however they are cut', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }),
        (text, cuts) => {
          const bytes = new TextEncoder().encode(text);
          const stream = new Utf8Stream();
          let out = '';
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const end = at + cuts[i % cuts.length]!;
            out += stream.push(bytes.subarray(at, end));
            expect(out).not.toMatch(/\p{Surrogate}/u);
            expect(text.startsWith(out)).toBe(true);
            at = end;
          }
          expect(out).toBe(text);
          expect(stream.invalid).toBe(false);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('ends at bytes that are no UTF-8', () => {
    const stream = new Utf8Stream();
    expect(stream.push(Uint8Array.of(0x61, 0xe2))).toBe('a');
    expect(stream.push(Uint8Array.of(0x62))).toBe('');
    expect(stream.invalid).toBe(true);
    expect(stream.push(Uint8Array.of(0x63))).toBe('');
  });
});
