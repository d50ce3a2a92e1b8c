import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prune, readCacheFile, writeCacheFile, type Entries } from '../../../../src/training/corpus/cacheFile';
import { temporaryFolders } from './folders';

const folder = temporaryFolders();
const owner = Buffer.alloc(32, 7);

const entriesOf = (values: readonly Uint8Array[]): Entries =>
  new Map(values.map((value, i) => [Buffer.alloc(32, i).toString('base64'), value]));

describe('a cache file', () => {
  it('gives back what was written, in order', async () => {
    const file = join(folder(), 'not/there/yet/cache');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }), async (values) => {
        const entries = entriesOf(values);
        await writeCacheFile(file, owner, entries);
        const read = await readCacheFile(file, owner);
        expect([...read]).toEqual([...entries]);
        expect(await readCacheFile(file, Buffer.alloc(32, 8))).toEqual(new Map());
      }),
      { numRuns: 30 },
    );
  });

  it('is not trusted where it was cut, lengthened or changed anywhere', async () => {
    const file = join(folder(), 'cache');
    await writeCacheFile(file, owner, entriesOf([randomBytes(20), randomBytes(0), randomBytes(300)]));
    const whole = readFileSync(file);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        writeFileSync(file, whole.subarray(0, at));
        expect((await readCacheFile(file, owner)).size).toBe(0);
        const changed = Buffer.from(whole);
        changed[at]! ^= change;
        writeFileSync(file, changed);
        expect((await readCacheFile(file, owner)).size).toBe(0);
        writeFileSync(file, Buffer.concat([whole, randomBytes(change)]));
        expect((await readCacheFile(file, owner)).size).toBe(0);
      }),
      { numRuns: 60 },
    );
    expect((await readCacheFile(join(folder(), 'none'), owner)).size).toBe(0);
    expect((await readCacheFile(folder(), owner)).size).toBe(0);
  });

  it('is the old or the new one, never a part, and leaves nothing beside it', async () => {
    const root = folder();
    const file = join(root, 'cache');
    const sizes = new Set<number>();
    await writeCacheFile(file, owner, entriesOf([randomBytes(1_000_000)]));
    const state = { writing: true };
    const reader = (async () => {
      while (state.writing) sizes.add((await readCacheFile(file, owner)).size);
    })();
    for (let i = 0; i < 12; i++) {
      await writeCacheFile(file, owner, entriesOf(Array.from({ length: 1 + (i % 3) }, () => randomBytes(700_000))));
    }
    state.writing = false;
    await reader;
    expect(sizes.has(0)).toBe(false);
    expect([...sizes].every((size) => size <= 3)).toBe(true);
    expect(readdirSync(root)).toEqual(['cache']);
  });

  it('forgets what was used least lately', () => {
    const entries = entriesOf([new Uint8Array(10), new Uint8Array(20), new Uint8Array(30)]);
    prune(entries, 1000);
    expect(entries.size).toBe(3);
    prune(entries, 2 * 36 + 50);
    expect([...entries.values()].map(({ length }) => length)).toEqual([20, 30]);
    prune(entries, 0);
    expect(entries.size).toBe(0);
  });
});
