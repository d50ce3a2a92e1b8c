import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { roundToBytes } from '../../../src/model/roundToBytes';
import { SafetensorsFile } from '../../../src/model/safetensors';
import { writeSafetensors, type TensorToWrite } from '../../../src/model/writeSafetensors';
import { modelError, temporaryFolder } from './folders';

const path = join(temporaryFolder(), 'a.safetensors');

function matrix(name: string, values: Float32Array): TensorToWrite {
  return { name, dtype: 'U8', shape: [values.length / 64, 64], ...roundToBytes(values) };
}

describe('writing safetensors', () => {
  it('writes values in each precision, and matrices in 8 bits with their scales behind all of them', async () => {
    const values = Float32Array.from({ length: 3 * 64 }, (_, i) => Math.sin(i));
    await writeSafetensors(
      path,
      [
        { name: 'wide', dtype: 'F32', shape: [1], data: Float32Array.of(0.1) },
        matrix('a', values),
        { name: 'half', dtype: 'F16', shape: [3], data: Float32Array.of(0.1, -2, 65504) },
      ],
      { card: 'text' },
    );
    const file = await SafetensorsFile.open(path);
    expect(file.metadata.get('card')).toBe('text');
    expect([...file.tensors.values()].map(({ name, dtype, shape }) => [name, dtype, shape])).toEqual([
      ['wide', 'F32', [1]],
      ['a', 'U8', [3, 64]],
      ['half', 'F16', [3]],
      ['a.scales', 'F16', [3, 2]],
    ]);
    expect(file.tensors.get('wide')!.start % 8).toBe(0);
    expect(await file.read('wide')).toEqual(Float32Array.of(0.1));
    expect(await file.readBytes('a')).toEqual(roundToBytes(values));
    expect(await file.read('half')).toEqual(Float32Array.of(0.0999755859375, -2, 65504));
    await file.close();
  });

  it.each<[string, TensorToWrite]>([
    ['F32', { name: 'a', dtype: 'F32', shape: [2], data: Float32Array.of(1, NaN) }],
    ['F16', { name: 'a', dtype: 'F16', shape: [2], data: Float32Array.of(65520, 1) }],
    ['U8', matrix('a', new Float32Array(64).fill(-Infinity, 40, 41))],
    ['U8', matrix('a', new Float32Array(64).fill(NaN, 63))],
  ])('refuses what %s cannot hold, and names the tensor', async (dtype, tensor) => {
    const error = await modelError(writeSafetensors(path, [tensor]));
    expect(error).toMatchObject({ kind: 'numbers', file: path, field: 'a' });
    expect(error.message).toContain(`a value that ${dtype} cannot hold`);
  });
});
