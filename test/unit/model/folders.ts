import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { ModelError } from '../../../src/model/errors';
import { halfToFloat } from '../../../src/model/half';
import { roundToBytes } from '../../../src/model/roundToBytes';

export const FIXTURES = join(import.meta.dirname, '../../fixtures');
export const TINY_MODEL = join(FIXTURES, 'tiny-model');
export const TINY_LLAMA = join(FIXTURES, 'tiny-llama');

const made: string[] = [];
afterAll(() => made.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** An empty folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'planwright-model-'));
  made.push(folder);
  return folder;
}

/** A copy of a fixture folder to break. */
export function copyOf(folder: string): string {
  const copy = temporaryFolder();
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/** Changes a file's bytes and, unless told otherwise, records the new size and checksum, as a faulty export would. */
export function rewrite(folder: string, name: string, change: (bytes: Buffer) => Buffer, record = true): void {
  const bytes = change(readFileSync(join(folder, name)));
  writeFileSync(join(folder, name), bytes);
  // The list of checksums is not in the list.
  if (!record || name === 'checksums.json') return;
  const path = join(folder, 'checksums.json');
  const list = JSON.parse(readFileSync(path, 'utf8')) as { files: Record<string, unknown> };
  list.files[name] = { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  writeFileSync(path, JSON.stringify(list));
}

/** Changes a JSON file of a folder; see {@link rewrite}. */
export function rewriteJson(
  folder: string,
  name: string,
  change: (value: Record<string, Record<string, unknown>>) => void,
): void {
  rewrite(folder, name, (bytes) => {
    const value = JSON.parse(bytes.toString('utf8')) as Record<string, Record<string, unknown>>;
    change(value);
    return Buffer.from(JSON.stringify(value));
  });
}

export interface FixtureTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** The bytes of a safetensors file; `alter` may spoil the header before it is written. */
export function safetensors(
  tensors: Readonly<Record<string, FixtureTensor>>,
  alter: (header: Record<string, { dtype: string; shape: number[]; data_offsets: number[] }>) => void = () => undefined,
): Buffer {
  const header: Record<string, { dtype: string; shape: number[]; data_offsets: number[] }> = {};
  let at = 0;
  for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
    header[name] = { dtype, shape: [...shape], data_offsets: [at, at + data.length] };
    at += data.length;
  }
  alter(header);
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, ...Object.values(tensors).map(({ data }) => data)]);
}

/** A matrix [rows, columns] in 8 bits with its scales. */
export function inBytes(
  name: string,
  values: Float32Array,
  [rows, columns]: readonly [number, number],
): Record<string, FixtureTensor> {
  const { data, scales } = roundToBytes(values);
  return {
    [name]: { dtype: 'U8', shape: [rows, columns], data },
    [`${name}.scales`]: { dtype: 'F16', shape: [rows, columns / 32], data: new Uint8Array(scales.buffer) },
  };
}

/** Stores a part's float16 matrices in 8 bits, as far as their columns are whole blocks. */
export function storeInBytes(folder: string, name: string): void {
  rewrite(folder, name, (bytes) => {
    const start = 8 + Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString('utf8', 8, start)) as Record<
      string,
      { dtype: string; shape: number[]; data_offsets: [number, number] }
    >;
    const tensors = Object.entries(header).filter(([tensor]) => tensor !== '__metadata__');
    const stored = tensors.map(([tensor, { dtype, shape, data_offsets: offsets }]) => {
      const data = Uint8Array.from(bytes.subarray(start + offsets[0], start + offsets[1]));
      const [rows, columns] = shape;
      if (rows === undefined || columns === undefined || columns % 32 !== 0)
        return { [tensor]: { dtype, shape, data } };
      const values = new Float32Array(rows * columns);
      halfToFloat(new Uint16Array(data.buffer), values);
      return inBytes(tensor, values, [rows, columns]);
    });
    return safetensors(Object.assign({}, ...stored) as Record<string, FixtureTensor>);
  });
}

/** The ModelError that a promise is rejected with. */
export async function modelError(promise: Promise<unknown>): Promise<ModelError> {
  const error = await promise.then(
    () => new Error('It was accepted.'),
    (reason: unknown) => reason,
  );
  if (error instanceof ModelError) return error;
  throw error;
}
