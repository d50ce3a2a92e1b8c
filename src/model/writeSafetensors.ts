import { open } from 'node:fs/promises';
import { scalesOf } from './byteTensors';
import { ModelError } from './errors';
import { BLOCK, firstNotFinite, firstNotFiniteBits, floatToHalf } from './half';
import { ELEMENT_BYTES, type ByteTensor } from './safetensors';

/** A tensor to be written: values, in single or half precision, or a matrix in 8 bits as it is. */
export type TensorToWrite = { readonly name: string; readonly shape: readonly number[] } & (
  { readonly dtype: 'F32' | 'F16'; readonly data: Float32Array } | ({ readonly dtype: 'U8' } & ByteTensor)
);

/** Elements as a file has them; half precision as its bits. */
type Stored = Float32Array | Uint16Array | Uint8Array;

/** Elements turned into bytes at a time. */
const CHUNK = 1 << 18;

/**
 * Writes a safetensors file and has it flushed to the disk: the tensors in their order, then the scales of those in 8 bits, so that matrices which a layer takes
 * together are neighbours. It is complete only when this returns: write it beside its place and rename it.
 * @param metadata texts by name, kept in the header
 * @throws {ModelError} for a number that is not finite, in the precision that is asked for
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
    const write = async ({ name, dtype }: TensorToWrite, stored: Stored): Promise<void> => {
      if (!areFinite(stored)) throw new ModelError('numbers', path, `has a value that ${dtype} cannot hold`, name);
      await file.writeFile(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength));
    };
    for (const tensor of tensors) for (const stored of storedOf(tensor)) await write(tensor, stored);
    for (const tensor of tensors.filter(isInBytes)) await write(tensor, tensor.scales);
    await file.sync();
  } finally {
    await file.close();
  }
}

function headerOf(tensors: readonly TensorToWrite[], metadata: Readonly<Record<string, string>>): Uint8Array {
  const entries: Record<string, unknown> = { __metadata__: metadata };
  let at = 0;
  const add = (name: string, dtype: string, shape: readonly number[], bytes: number): void => {
    entries[name] = { dtype, shape, data_offsets: [at, at + bytes] };
    at += bytes;
  };
  for (const { name, dtype, shape, data } of tensors) add(name, dtype, shape, data.length * ELEMENT_BYTES[dtype]);
  for (const { name, shape, scales } of tensors.filter(isInBytes)) {
    const [rows, columns] = shape as [number, number];
    add(scalesOf(name), 'F16', [rows, columns / BLOCK], scales.byteLength);
  }
  const text = new TextEncoder().encode(JSON.stringify(entries));
  // Padded with spaces, so that the data starts at a multiple of eight bytes.
  const length = Math.ceil(text.length / 8) * 8;
  const header = new Uint8Array(8 + length).fill(0x20, 8);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(text, 8);
  return header;
}

function isInBytes(tensor: TensorToWrite): tensor is TensorToWrite & { readonly dtype: 'U8' } {
  return tensor.dtype === 'U8';
}

/** A tensor's elements as the file has them, some at a time. */
function* storedOf(tensor: TensorToWrite): Generator<Stored> {
  if (tensor.dtype === 'U8') {
    yield tensor.data;
    return;
  }
  for (let start = 0; start < tensor.data.length; start += CHUNK) {
    const values = tensor.data.subarray(start, start + CHUNK);
    yield tensor.dtype === 'F32' ? values : halves(values);
  }
}

function halves(values: Float32Array): Uint16Array {
  const bits = new Uint16Array(values.length);
  floatToHalf(values, bits);
  return bits;
}

function areFinite(stored: Stored): boolean {
  if (stored instanceof Float32Array) return firstNotFinite(stored) < 0;
  return stored instanceof Uint8Array || firstNotFiniteBits(stored, 'F16') < 0;
}
