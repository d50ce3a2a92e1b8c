import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { floats, GraphBuilder, OnnxRuntime, ops, tensor, type FileRegion } from '../../../src/graph/index';
import { packNBits } from '../../../src/graph/quantise';
import { EmbeddingTable } from '../../../src/model/embeddingTable';
import { bytesToFloat, halfToFloat } from '../../../src/model/half';
import { SafetensorsFile } from '../../../src/model/safetensors';
import { WeightBook } from '../../../src/model/weightBook';
import { WeightFiles } from '../../../src/model/weightFiles';
import { inBytes, modelError, safetensors, temporaryFolder, type FixtureTensor } from './folders';

const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, i) => i);

/** Numbers between −1 and 1, the same every time. */
function noise(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(seed + 12.9898 * i * i));
}

async function opened(...files: readonly Readonly<Record<string, FixtureTensor>>[]): Promise<WeightFiles> {
  const folder = temporaryFolder();
  const total = String(files.length).padStart(5, '0');
  files.forEach((tensors, i) => {
    const number = String(i + 1).padStart(5, '0');
    writeFileSync(join(folder, `lm-${number}-of-${total}.safetensors`), safetensors(tensors));
  });
  const all = Object.entries(Object.assign({}, ...files) as Record<string, FixtureTensor>);
  // As in a model's layout, scales are not asked for.
  const layout = all.filter(([name]) => !name.endsWith('.scales')).map(([name, { shape }]) => [name, shape] as const);
  return WeightFiles.open(folder, 'lm', new Map(layout));
}

describe('widening blocks of integers', () => {
  it('rounds nothing: every integer by every finite scale', () => {
    const bits = Uint16Array.from({ length: 1 << 16 }, (_, i) => i).filter((half) => (half & 0x7c00) !== 0x7c00);
    const scales = new Float32Array(bits.length);
    halfToFloat(bits, scales);
    const found = new Float32Array(256);
    let wrong = 0;
    for (let i = 0; i < bits.length; i += 7) {
      bytesToFloat(EVERY_BYTE, new Uint16Array(8).fill(bits[i]!), found);
      for (let k = 0; k < 256; k++) if (found[k] !== scales[i]! * (k - 128)) wrong++;
    }
    expect(wrong).toBe(0);
  });

  it('is within half a scale of what was stored, in any form', async () => {
    const matrix = fc.integer({ min: 1, max: 5 }).chain((rows) =>
      fc.record({
        rows: fc.constant(rows),
        values: fc.float32Array({ minLength: 64 * rows, maxLength: 64 * rows, min: -100, max: 100, noNaN: true }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(matrix, async ({ rows, values }) => {
        const tensors = inBytes('a', values, [rows, 64]);
        const files = await opened(tensors);
        const scales = new Float32Array(2 * rows);
        halfToFloat(new Uint16Array(tensors['a.scales']!.data.buffer), scales);
        const read = await files.read('a');
        const table = new EmbeddingTable(await files.readRaw('a'), 64);
        await files.close();
        // A scale is half precision's nearest: what is largest in its block may be that much further off.
        const within = read.every((value, i) => {
          const largest = Math.max(...values.subarray(i & ~31, (i & ~31) + 32).map(Math.abs));
          return Math.abs(value - values[i]!) <= scales[i >> 5]! / 2 + largest * 2 ** -11 + 127 * 2 ** -25;
        });
        expect(within).toBe(true);
        expect(table.rows).toBe(rows);
        const backward = Array.from({ length: rows }, (_, i) => rows - 1 - i);
        const wanted = backward.flatMap((row) => [...read.subarray(64 * row, 64 * (row + 1))]);
        expect([...table.lookUp(backward)]).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });
});

describe('matrices in 8 bits', () => {
  const [a, b] = [noise(3 * 64, 1), noise(2 * 64, 2)];

  it('are stacked from several shards, also below others', async () => {
    const half = { dtype: 'F16', shape: [1, 64], data: new Uint8Array(new Uint16Array(64).fill(0x3c00).buffer) };
    const files = await opened(inBytes('a', a, [3, 64]), { ...inBytes('b', b, [2, 64]), c: half });
    const whole = await files.readStacked(['b', 'c', 'a']);
    expect([...whole.subarray(0, 128)]).toEqual([...(await files.read('b'))]);
    expect([...whole.subarray(128, 192)]).toEqual(new Array(64).fill(1));
    expect([...whole.subarray(192)]).toEqual([...(await files.read('a'))]);
    expect(files.areOf('U8', ['a', 'b'])).toBe(true);
    expect(files.areOf('U8', ['a', 'c'])).toBe(false);
    await files.close();
  });

  const bytes = (...tensors: FixtureTensor[]): number[] => tensors.flatMap(({ data }) => [...data]);

  it('reach a layer in 8 bits as they are stored, one or several', async () => {
    const [first, second] = [inBytes('a', a, [3, 64]), inBytes('b', b, [2, 64])];
    const files = await opened(first, second);
    const book = new WeightBook(new GraphBuilder('test'), files, 'int8');
    book.linear(book.builder.input('x', 'float32', [1, 64]), 'both', [5, 64], ['b', 'a']);
    const weights = await book.load();
    const values = await files.readStacked(['b', 'a']);
    await files.close();
    expect([...(weights.get('both.integers') as Uint8Array)]).toEqual(bytes(second['b']!, first['a']!));
    const halves = bytes(second['b.scales']!, first['a.scales']!);
    expect(weights.get('both.scales.half')).toEqual(new Uint16Array(Uint8Array.from(halves).buffer));
    // Each block has a value of 127 scales, so that to round the values to 8 bits gives the same.
    expect(weights.get('both.integers')).toEqual(packNBits(values, 5, 64, 8).packed);
  });

  it('are left in their file where they are neighbours there, whichever layer takes them', async () => {
    const large = noise(1024 * 64, 3);
    const stored = { ...inBytes('a', a, [3, 64]), ...inBytes('b', b, [2, 64]), ...inBytes('c', large, [1024, 64]) };
    // Scales last, as they are written.
    const ordered = ['a', 'b', 'c', 'a.scales', 'b.scales', 'c.scales'].map((name) => [name, stored[name]!] as const);
    const files = await opened(Object.fromEntries(ordered));
    const book = new WeightBook(new GraphBuilder('test'), files, 'int8');
    book.linear(book.builder.input('x', 'float32', [1, 64]), 'both', [5, 64], ['a', 'b']);
    book.linear(book.builder.input('y', 'float32', [1, 64]), 'apart', [5, 64], ['b', 'a']);
    book.tensor('c', [1024, 64]);
    const weights = await book.load();
    await files.close();
    const [region, alone] = [weights.get('both.integers') as FileRegion, weights.get('c.integers') as FileRegion];
    const read = ({ folder, file, offset, byteLength }: FileRegion): number[] => [
      ...readFileSync(join(folder, file)).subarray(offset, offset + byteLength),
    ];
    expect(read(region)).toEqual(bytes(stored['a']!, stored['b']!));
    expect(read(alone)).toEqual(bytes(stored['c']!));
    expect([...(weights.get('apart.integers') as Uint8Array)]).toEqual(bytes(stored['b']!, stored['a']!));
  });

  it('are widened by the run-time to what they are read as', async () => {
    const large = noise(1024 * 64, 4);
    const files = await opened(inBytes('c', large, [1024, 64]));
    const book = new WeightBook(new GraphBuilder('test'), files);
    const { builder } = book;
    builder.output('y', ops.add(builder.input('x', 'float32', [1, 64]), book.tensor('c', [1024, 64])));
    const session = await OnnxRuntime.open().createSession(builder.build(), { weights: await book.load(), threads: 1 });
    const outputs = await session.run({ x: tensor('float32', new Float32Array(64), [1, 64]) });
    expect(floats(outputs, 'y')).toEqual(await files.read('c'));
    await session.dispose();
    await files.close();
  });

  it.each(['int4', 'float32'] as const)('reach a layer in %s as the values they stand for', async (format) => {
    const files = await opened(inBytes('a', a, [3, 64]));
    const book = new WeightBook(new GraphBuilder('test'), files, format);
    book.linear(book.builder.input('x', 'float32', [1, 64]), 'a', [3, 64]);
    const weights = await book.load();
    const values = await files.read('a');
    await files.close();
    if (format === 'float32') expect(weights.get('a')).toEqual(values);
    else expect(weights.get('a.integers')).toEqual(packNBits(values, 3, 64, 4).packed);
  });

  it('are rounded anew where only some of a layer are stored so', async () => {
    const floats = { dtype: 'F32', shape: [2, 64], data: new Uint8Array(b.slice().buffer) };
    const files = await opened({ ...inBytes('a', a, [3, 64]), b: floats });
    const book = new WeightBook(new GraphBuilder('test'), files, 'int8');
    book.linear(book.builder.input('x', 'float32', [1, 64]), 'both', [5, 64], ['a', 'b']);
    const weights = await book.load();
    const { packed } = packNBits(await files.readStacked(['a', 'b']), 5, 64, 8);
    await files.close();
    expect(weights.get('both.integers')).toEqual(packed);
  });
});

describe('refusing broken matrices in 8 bits', () => {
  const fine = inBytes('a', noise(2 * 64, 3), [2, 64]);
  const scales = fine['a.scales']!;
  const wide = { dtype: 'F32', shape: [2, 2], data: new Uint8Array(16) };

  it.each<[string, Record<string, FixtureTensor>, string]>([
    ['without scales', { a: fine['a']! }, 'lacks its scales (a.scales)'],
    ['with scales of another type', { a: fine['a']!, 'a.scales': wide }, 'are F32 of shape [2, 2], not F16'],
    [
      'with scales of another shape',
      { a: fine['a']!, 'a.scales': { ...scales, shape: [4] } },
      'not F16 of shape [2, 2]',
    ],
    ['with columns that are no blocks', { a: { ...fine['a']!, shape: [8, 16] }, 'a.scales': scales }, 'multiple of 32'],
    ['that are vectors', { a: { ...fine['a']!, shape: [128] }, 'a.scales': { ...scales, shape: [4] } }, 'not [128]'],
  ])('refuses those %s', async (_, tensors, detail) => {
    const path = join(temporaryFolder(), 'lm.safetensors');
    writeFileSync(path, safetensors(tensors));
    const error = await modelError(SafetensorsFile.open(path));
    expect(error).toMatchObject({ kind: 'format', file: path, field: 'a' });
    expect(error.message).toContain(detail);
  });

  it.each([
    ['NaN', 0x7e00],
    ['infinity', 0xfc00],
  ])('names the scale that is %s, in whichever form they are read', async (_, bits) => {
    const data = new Uint8Array(Uint16Array.of(0x3c00, bits, 0x3c00, 0x3c00).buffer);
    const files = await opened({ ...fine, 'a.scales': { ...scales, data } });
    for (const read of [() => files.read('a'), () => files.readRaw('a'), () => files.readStackedBytes(['a'])]) {
      const error = await modelError(read());
      expect(error).toMatchObject({ kind: 'numbers', field: 'a.scales' });
      expect(error.message).toContain('value 1');
    }
    await files.close();
  });
});
