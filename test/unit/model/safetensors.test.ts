import { mkdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readWhole, SafetensorsFile } from '../../../src/model/safetensors';
import { WeightFiles } from '../../../src/model/weightFiles';
import { openFilesIn, tellsOpenFiles } from '../support/openFiles';
import { modelError, safetensors, temporaryFolder, type FixtureTensor } from './folders';

const folder = temporaryFolder();
let files = 0;

/** Writes bytes to a new file and opens it. */
function opened(bytes: Uint8Array): Promise<SafetensorsFile> {
  const path = join(folder, `${files++}.safetensors`);
  writeFileSync(path, bytes);
  return SafetensorsFile.open(path);
}

const floats = (...values: number[]): FixtureTensor => ({
  dtype: 'F32',
  shape: [values.length],
  data: new Uint8Array(Float32Array.from(values).buffer),
});

const bits = (dtype: string, ...values: number[]): FixtureTensor => ({
  dtype,
  shape: [values.length],
  data: new Uint8Array(Uint16Array.from(values).buffer),
});

describe('reading safetensors', () => {
  it('gives float32 as they are', async () => {
    const file = await opened(safetensors({ a: floats(1.5, -2), b: floats(0.1) }));
    expect([...(await file.read('a'))]).toEqual([1.5, -2]);
    expect([...(await file.read('b'))]).toEqual([Math.fround(0.1)]);
    await file.close();
  });

  it('widens half precision exactly: normal, subnormal, signed zero', async () => {
    const file = await opened(safetensors({ a: bits('F16', 0x3c00, 0xc000, 0x0001, 0x03ff, 0x7bff, 0x8000, 0x3555) }));
    const expected = [1, -2, 2 ** -24, 1023 * 2 ** -24, 65504, -0, 0.333251953125];
    expect([...(await file.read('a'))]).toEqual(expected);
    await file.close();
  });

  it('widens bfloat16 exactly', async () => {
    const file = await opened(safetensors({ a: bits('BF16', 0x3f80, 0xc040, 0x0080) }));
    expect([...(await file.read('a'))]).toEqual([1, -3, 2 ** -126]);
    await file.close();
  });

  it('fills a part of a larger array and leaves the rest alone', async () => {
    const file = await opened(safetensors({ a: floats(1, 2) }));
    const target = new Float32Array(4).fill(9);
    await file.read('a', target.subarray(1, 3));
    expect([...target]).toEqual([9, 1, 2, 9]);
    await file.close();
  });

  it.each([
    ['NaN in float32', floats(1, NaN)],
    ['infinity in float32', floats(1, -Infinity)],
    ['NaN in float16', bits('F16', 0x3c00, 0x7e00)],
    ['infinity in bfloat16', bits('BF16', 0x3f80, 0x7f80)],
  ])('names the tensor and the place of %s', async (_, tensor) => {
    const file = await opened(safetensors({ fine: floats(1), broken: tensor }));
    const error = await modelError(file.read('broken'));
    expect(error).toMatchObject({ kind: 'numbers', field: 'broken', file: file.path });
    expect(error.message).toContain('value 1');
    await file.close();
  });
});

describe('reading bytes', () => {
  it('never asks for 2 GiB at once, which would end the process', async () => {
    const asked: [offset: number, length: number, position: number][] = [];
    const file = {
      read: (_: Uint8Array, offset: number, length: number, position: number) => {
        asked.push([offset, length, position]);
        return Promise.resolve({ bytesRead: length });
      },
    };
    // Memory that nobody writes to costs nothing.
    const bytes = new Uint8Array(2 ** 30 + 5);
    expect(await readWhole(file, bytes, 100)).toBe(bytes.length);
    expect(asked).toEqual([
      [0, 2 ** 30, 100],
      [2 ** 30, 5, 100 + 2 ** 30],
    ]);
  });

  it('goes on after a short read, and stops at the end of the file', async () => {
    const file = { read: (_: Uint8Array, offset: number) => Promise.resolve({ bytesRead: offset < 6 ? 3 : 0 }) };
    expect(await readWhole(file, new Uint8Array(10), 0)).toBe(6);
    expect(await readWhole(file, new Uint8Array(6), 0)).toBe(6);
  });
});

describe('refusing broken safetensors', () => {
  const fine = { a: floats(1, 2), b: floats(3) };

  it('says which file is missing', async () => {
    expect(await modelError(SafetensorsFile.open(join(folder, 'none.safetensors')))).toMatchObject({ kind: 'missing' });
  });

  it('notices a cut at any byte', async () => {
    const bytes = safetensors(fine);
    for (let length = 0; length < bytes.length; length++) {
      const error = await modelError(opened(bytes.subarray(0, length)));
      expect(error.kind).toBe('truncated');
    }
  });

  it.each<[string, string, Parameters<typeof safetensors>[1]]>([
    ['overlapping tensors', 'format', (header) => (header['b']!.data_offsets = [4, 8])],
    ['overlap up to the end', 'format', (header) => Object.assign(header['b']!, { shape: [2], data_offsets: [4, 12] })],
    ['bytes behind the last tensor', 'format', (header) => Reflect.deleteProperty(header, 'b')],
    ['metadata that are no texts', 'format', (header) => Object.assign(header, { __metadata__: { a: 1 } })],
    ['a hole in the data', 'format', (header) => Object.assign(header['a']!, { shape: [1], data_offsets: [4, 8] })],
    [
      'offsets beyond the end',
      'truncated',
      (header) => Object.assign(header['b']!, { shape: [100], data_offsets: [8, 408] }),
    ],
    ['offsets that do not fit the shape', 'format', (header) => (header['b']!.shape = [2])],
    ['backward offsets', 'format', (header) => (header['b']!.data_offsets = [12, 8])],
    ['more bytes than the shape needs', 'format', (header) => (header['a']!.shape = [1])],
    ['negative sizes', 'format', (header) => (header['b']!.shape = [-1])],
    ['negative sizes whose product is none', 'format', (header) => (header['b']!.shape = [-1, -1])],
    ['an unknown type', 'format', (header) => (header['b']!.dtype = 'I64')],
    ['a type that is no text', 'format', (header) => Object.assign(header['b']!, { dtype: { toString: 1 } })],
  ])('refuses %s', async (_, kind, alter) => {
    const error = await modelError(opened(safetensors(fine, alter)));
    expect(error.kind).toBe(kind);
  });

  it('notices that the file was cut after it was opened', async () => {
    const file = await opened(safetensors(fine));
    truncateSync(file.path, statSync(file.path).size - 1);
    expect(await modelError(file.read('b'))).toMatchObject({ kind: 'truncated', field: 'b' });
    expect([...(await file.read('a'))]).toEqual([1, 2]);
    await file.close();
  });

  it.runIf(tellsOpenFiles)('leaves what it refuses closed: it is to be replaced by a whole one', async () => {
    const own = temporaryFolder();
    const path = join(own, 'lm.safetensors');
    writeFileSync(path, safetensors(fine).subarray(0, -1));
    await modelError(SafetensorsFile.open(path));
    writeFileSync(path, safetensors(fine));
    await modelError(WeightFiles.open(own, 'lm', new Map([['none', [1]]])));
    expect(openFilesIn(own)).toEqual([]);
  });

  it('refuses a folder', async () => {
    const path = join(folder, 'folder.safetensors');
    mkdirSync(path);
    expect(await modelError(SafetensorsFile.open(path))).toMatchObject({ kind: 'unreadable', file: path });
  });

  it('refuses a header that is no JSON, no object, or absurdly long', async () => {
    const spoil = (text: string): Buffer => {
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(text.length));
      return Buffer.concat([length, Buffer.from(text)]);
    };
    expect(await modelError(opened(spoil('{"a": ')))).toMatchObject({ kind: 'format' });
    expect(await modelError(opened(spoil('[1, 2]')))).toMatchObject({ kind: 'format' });
    expect(await modelError(opened(Buffer.alloc(64, 0xff)))).toMatchObject({ kind: 'format' });
  });

  it('answers any bytes with a ModelError, never with a crash', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        await modelError(opened(bytes));
      }),
      { numRuns: 100 },
    );
  });
});

describe('weights over several files', () => {
  const layout = new Map([
    ['a', [2]],
    ['b', [1]],
  ]);

  it('finds tensors in any shard and stacks them', async () => {
    const own = temporaryFolder();
    writeFileSync(join(own, 'lm-00001-of-00002.safetensors'), safetensors({ b: floats(3) }));
    writeFileSync(join(own, 'lm-00002-of-00002.safetensors'), safetensors({ a: floats(1, 2) }));
    const weights = await WeightFiles.open(own, 'lm', layout);
    expect([...(await weights.readStacked(['a', 'b']))]).toEqual([1, 2, 3]);
    await weights.close();
  });

  it('gives the bits of half-precision tensors, and knows which are', async () => {
    const own = temporaryFolder();
    const half = (...bits: number[]): FixtureTensor => ({
      dtype: 'F16',
      shape: [bits.length],
      data: new Uint8Array(Uint16Array.from(bits).buffer),
    });
    writeFileSync(join(own, 'lm.safetensors'), safetensors({ a: half(0x3c00, 0xbc00), b: floats(3), c: half(0x7c00) }));
    const weights = await WeightFiles.open(own, 'lm', layout);
    expect(weights.areOf('F16', ['a', 'c'])).toBe(true);
    expect(weights.areOf('F16', ['a', 'b'])).toBe(false);
    expect([...(await weights.readStackedHalf(['a', 'a']))]).toEqual([0x3c00, 0xbc00, 0x3c00, 0xbc00]);
    expect(await modelError(weights.readStackedHalf(['a', 'c']))).toMatchObject({ kind: 'numbers', field: 'c' });
    await weights.close();
  });

  it('names the shard that is missing', async () => {
    const own = temporaryFolder();
    writeFileSync(join(own, 'lm-00001-of-00002.safetensors'), safetensors({ b: floats(3) }));
    const error = await modelError(WeightFiles.open(own, 'lm', layout));
    expect(error).toMatchObject({ kind: 'missing', file: join(own, 'lm-00002-of-00002.safetensors') });
  });

  it('takes a shard of none for no shard', async () => {
    const own = temporaryFolder();
    writeFileSync(join(own, 'lm-00001-of-00000.safetensors'), safetensors({ b: floats(3) }));
    const error = await modelError(WeightFiles.open(own, 'lm', layout));
    expect(error).toMatchObject({ kind: 'missing', file: join(own, 'lm.safetensors') });
  });

  it('names a tensor that is missing or of the wrong shape', async () => {
    const own = temporaryFolder();
    writeFileSync(join(own, 'lm.safetensors'), safetensors({ b: floats(3) }));
    expect(await modelError(WeightFiles.open(own, 'lm', layout))).toMatchObject({ kind: 'shape', field: 'a' });
    writeFileSync(join(own, 'lm.safetensors'), safetensors({ a: floats(1, 2, 3), b: floats(3) }));
    expect(await modelError(WeightFiles.open(own, 'lm', layout))).toMatchObject({ kind: 'shape', field: 'a' });
    const matrix = new Map([['a', [3, 2]]]);
    expect(await modelError(WeightFiles.open(own, 'lm', matrix))).toMatchObject({ kind: 'shape', field: 'a' });
  });

  it('names a tensor that two shards hold', async () => {
    const own = temporaryFolder();
    const paths = [1, 2].map((n) => join(own, `lm-0000${n}-of-00002.safetensors`));
    for (const path of paths) writeFileSync(path, safetensors({ a: floats(1, 2), [path]: floats(3) }));
    const error = await modelError(WeightFiles.open(own, 'lm', new Map([['a', [2]]])));
    expect(error).toMatchObject({ kind: 'format', field: 'a', file: paths[1] });
  });
});
