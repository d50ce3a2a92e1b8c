import { open, type FileHandle } from 'node:fs/promises';
import { checkByteTensors, scalesOf } from './byteTensors';
import { ModelError } from './errors';
import { bfloatToFloat, BLOCK, bytesToFloat, firstNotFinite, firstNotFiniteBits, halfToFloat } from './half';

/** Bytes per element of the types that weights may have. */
export const ELEMENT_BYTES = { F32: 4, F16: 2, BF16: 2, U8: 1 } as const;
export type TensorDtype = keyof typeof ELEMENT_BYTES;

/** Integers plus 128, in blocks of 32, and the scale of each block as half precision's bits. */
export interface ByteTensor {
  readonly data: Uint8Array;
  readonly scales: Uint16Array;
}

/** A tensor's elements as the file has them; half precision as its bits. */
export type RawTensor =
  | { readonly dtype: 'F32'; readonly data: Float32Array }
  | { readonly dtype: 'F16' | 'BF16'; readonly data: Uint16Array }
  | ({ readonly dtype: 'U8' } & ByteTensor);

export interface TensorInfo {
  readonly name: string;
  readonly dtype: TensorDtype;
  readonly shape: readonly number[];
  /** Bytes from the start of the file. */
  readonly start: number;
  readonly end: number;
}

/** The format's own bound on the header's size. */
const MOST_HEADER_BYTES = 100_000_000;
/** Bytes asked of the file system at once: from 2 GiB on Node ends the process. */
const MOST_AT_ONCE = 1 << 30;

/**
 * One safetensors file: the header is read and checked at once, tensors when asked for.
 * Format: 8 bytes of header length (little endian), a JSON header {name: {dtype, shape, data_offsets}}, the data without holes.
 * Source: https://github.com/huggingface/safetensors
 */
export class SafetensorsFile {
  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    readonly tensors: ReadonlyMap<string, TensorInfo>,
    /** Texts that its writer put in the header. */
    readonly metadata: ReadonlyMap<string, string>,
  ) {}

  /** @throws {ModelError} for a file that is missing, cut short or not safetensors */
  static async open(path: string): Promise<SafetensorsFile> {
    const handle = await open(path, 'r').catch((error: unknown) => {
      throw (error as NodeJS.ErrnoException).code === 'ENOENT'
        ? new ModelError('missing', path, 'there is no such file')
        : new ModelError('unreadable', path, `cannot be opened (${(error as Error).message})`);
    });
    try {
      const { header, dataStart, size } = await readHeader(path, handle);
      return new SafetensorsFile(path, handle, checkHeader(path, header, dataStart, size), metadataOf(path, header));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /**
   * A tensor's values as float32, into `target` where one is given (of the tensor's element count).
   * @throws {ModelError} for an unknown name, a short read, NaN or infinity
   */
  async read(name: string, target?: Float32Array): Promise<Float32Array> {
    const info = this.info(name);
    const count = elements(info);
    const values = target ?? new Float32Array(count);
    if (values.length !== count)
      throw new RangeError(`${name} has ${count} values; the target holds ${values.length}.`);
    if (info.dtype === 'F32') {
      await this.fill(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), info);
      const bad = firstNotFinite(values);
      if (bad >= 0) throw this.notFinite(name, bad);
    } else if (info.dtype === 'U8') {
      const { data, scales } = await this.readBytes(name);
      bytesToFloat(data, scales, values);
    } else {
      const bits = await this.fillBits(new Uint16Array(count), info, info.dtype);
      if (info.dtype === 'F16') halfToFloat(bits, values);
      else bfloatToFloat(bits, values);
    }
    return values;
  }

  /**
   * A tensor's elements as they are; those in half precision into `target` where one is given (of the tensor's element count).
   * @throws {ModelError} as {@link read} does
   */
  async readRaw(name: string, target?: Uint16Array): Promise<RawTensor> {
    const info = this.info(name);
    if (info.dtype === 'F32') return { dtype: 'F32', data: await this.read(name) };
    if (info.dtype === 'U8') return { dtype: 'U8', ...(await this.readBytes(name)) };
    const data = await this.fillBits(target ?? new Uint16Array(elements(info)), info, info.dtype);
    return { dtype: info.dtype, data };
  }

  /**
   * A tensor that is stored in 8 bits, into `target` where one is given (of its element count, and a scale for 32 of them).
   * @throws {ModelError} as {@link read} does
   */
  async readBytes(name: string, target?: ByteTensor): Promise<ByteTensor> {
    const info = this.info(name);
    const count = elements(info);
    const { data, scales } = target ?? { data: new Uint8Array(count), scales: new Uint16Array(count / BLOCK) };
    await this.fill(data, info);
    await this.fillBits(scales, this.info(scalesOf(name)), 'F16');
    return { data, scales };
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  private info(name: string): TensorInfo {
    const info = this.tensors.get(name);
    if (info === undefined) throw new ModelError('missing', this.path, 'the file holds no such tensor', name);
    return info;
  }

  private async fillBits(bits: Uint16Array, info: TensorInfo, dtype: 'F16' | 'BF16'): Promise<Uint16Array> {
    await this.fill(new Uint8Array(bits.buffer, bits.byteOffset, bits.byteLength), info);
    const bad = firstNotFiniteBits(bits, dtype);
    if (bad >= 0) throw this.notFinite(info.name, bad);
    return bits;
  }

  private notFinite(name: string, index: number): ModelError {
    return new ModelError('numbers', this.path, `value ${index} is not finite`, name);
  }

  private async fill(bytes: Uint8Array, info: TensorInfo): Promise<void> {
    const read = await readWhole(this.handle, bytes, info.start);
    if (read < bytes.length)
      throw new ModelError('truncated', this.path, 'the file ends within this tensor', info.name);
  }
}

/** What is read of a file handle. */
export interface ByteReader {
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
}

/** Fills `bytes` from a place in the file on; returns how many there were. */
export async function readWhole(file: ByteReader, bytes: Uint8Array, position: number): Promise<number> {
  let done = 0;
  while (done < bytes.length) {
    const length = Math.min(bytes.length - done, MOST_AT_ONCE);
    const { bytesRead } = await file.read(bytes, done, length, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

function elements(info: TensorInfo): number {
  return (info.end - info.start) / ELEMENT_BYTES[info.dtype];
}

async function readHeader(
  path: string,
  handle: FileHandle,
): Promise<{ header: Record<string, unknown>; dataStart: number; size: number }> {
  const stats = await handle.stat();
  if (!stats.isFile()) throw new ModelError('unreadable', path, 'is not a file');
  const { size } = stats;
  const prefix = new DataView(new ArrayBuffer(8));
  const { bytesRead } = await handle.read(prefix, 0, 8, 0);
  if (bytesRead < 8) throw new ModelError('truncated', path, `only ${bytesRead} bytes long`);
  const length = Number(prefix.getBigUint64(0, true));
  if (length < 2 || length > MOST_HEADER_BYTES) {
    throw new ModelError('format', path, `the header claims ${length} bytes; this is not a safetensors file`);
  }
  const dataStart = 8 + length;
  if (dataStart > size) {
    throw new ModelError('truncated', path, `${size} bytes long, but its header alone needs ${dataStart}`);
  }
  const bytes = new Uint8Array(length);
  await handle.read(bytes, 0, length, 8);
  return { header: parseJson(path, bytes), dataStart, size };
}

function metadataOf(path: string, { __metadata__: value = {} }: Record<string, unknown>): Map<string, string> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const texts = entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  if (texts.length !== entries.length) throw new ModelError('format', path, 'its metadata are not all texts');
  return new Map(texts);
}

function parseJson(path: string, bytes: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new ModelError('format', path, 'the header is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ModelError('format', path, 'the header is not an object');
  }
  return value as Record<string, unknown>;
}

/** Checks every entry, then that the tensors tile the data exactly: no overlap, no hole, nothing beyond the end. */
function checkHeader(
  path: string,
  header: Record<string, unknown>,
  dataStart: number,
  size: number,
): Map<string, TensorInfo> {
  const infos = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => checkEntry(path, name, entry, dataStart));
  infos.sort((a, b) => a.start - b.start || a.end - b.end);
  let at = dataStart;
  for (const info of infos) {
    if (info.end > size) {
      throw new ModelError(
        'truncated',
        path,
        `the file is ${size} bytes long, the tensor ends at ${info.end}`,
        info.name,
      );
    }
    if (info.start < at) throw new ModelError('format', path, 'its bytes overlap those of another tensor', info.name);
    if (info.start > at) throw new ModelError('format', path, 'there is a hole in the data before it', info.name);
    at = info.end;
  }
  if (at !== size) throw new ModelError('format', path, `${size - at} bytes follow the last tensor`);
  const tensors = new Map(infos.map((info) => [info.name, info]));
  checkByteTensors(path, tensors);
  return tensors;
}

function checkEntry(path: string, name: string, entry: unknown, dataStart: number): TensorInfo {
  const wrong = (detail: string): ModelError => new ModelError('format', path, detail, name);
  if (typeof entry !== 'object' || entry === null) throw wrong('its header entry is not an object');
  const { dtype, shape, data_offsets: offsets } = entry as Record<string, unknown>;
  if (dtype !== 'F32' && dtype !== 'F16' && dtype !== 'BF16' && dtype !== 'U8') {
    const found = typeof dtype === 'string' ? `has the type ${dtype}` : 'its type is not a text';
    throw wrong(`${found}; F32, F16, BF16 and U8 can be read`);
  }
  if (!isCounts(shape)) throw wrong('its shape is not a list of whole numbers');
  if (!isCounts(offsets) || offsets.length !== 2) throw wrong('its data_offsets are not two whole numbers');
  const [from, to] = offsets as [number, number];
  const expected = shape.reduce((product, size) => product * size, ELEMENT_BYTES[dtype]);
  if (to - from !== expected)
    throw wrong(`spans ${to - from} bytes, but ${dtype} of shape [${shape.join(', ')}] needs ${expected}`);
  return { name, dtype, shape, start: dataStart + from, end: dataStart + to };
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && (item as number) >= 0);
}
