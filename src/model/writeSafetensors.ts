import { open } from 'node:fs/promises';
import { ModelError } from './errors';
import { firstNotFinite, firstNotFiniteBits, floatToHalf } from './half';

/** A tensor to be written, in single or half precision. */
export interface TensorToWrite {
  readonly name: string;
  readonly dtype: 'F32' | 'F16';
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Elements turned into bytes at a time. */
const CHUNK = 1 << 18;

/**
 * Writes a safetensors file and has it flushed to the disk. It is complete only when this returns: write it beside its place and rename it.
 * @param metadata texts by name, kept in the header
 * @throws {ModelError} for a number that is not finite, in half precision where that is asked for
 * @throws {Error} as the file system does
 */
export async function writeSafetensors(
  path: string,
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const file = await open(path, 'w');
  try {
    // Not write(): on a disk that fills up it may take a part of the bytes only, without an error.
    await file.writeFile(headerOf(tensors, metadata));
    for (const tensor of tensors) {
      for (let start = 0; start < tensor.data.length; start += CHUNK) {
        const values = tensor.data.subarray(start, start + CHUNK);
        const stored = tensor.dtype === 'F32' ? values : halves(values);
        if (firstNotFinite(values) >= 0 || (stored instanceof Uint16Array && firstNotFiniteBits(stored, 'F16') >= 0)) {
          throw new ModelError('numbers', path, `has a value that ${tensor.dtype} cannot hold`, tensor.name);
        }
        await file.writeFile(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength));
      }
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

function headerOf(tensors: readonly TensorToWrite[], metadata: Readonly<Record<string, string>>): Uint8Array {
  const entries: Record<string, unknown> = { __metadata__: metadata };
  let at = 0;
  for (const { name, dtype, shape, data } of tensors) {
    const end = at + data.length * (dtype === 'F32' ? 4 : 2);
    entries[name] = { dtype, shape, data_offsets: [at, end] };
    at = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(entries));
  // Padded with spaces, so that the data starts at a multiple of eight bytes.
  const length = Math.ceil(text.length / 8) * 8;
  const header = new Uint8Array(8 + length).fill(0x20, 8);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(text, 8);
  return header;
}

function halves(values: Float32Array): Uint16Array {
  const bits = new Uint16Array(values.length);
  floatToHalf(values, bits);
  return bits;
}
