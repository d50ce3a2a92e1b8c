import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { FileRegion } from '../graph/index';
import { scalesOf } from './byteTensors';
import { ModelError } from './errors';
import { BLOCK } from './half';
import type { Layout } from './layout';
import { SafetensorsFile, type ByteTensor, type RawTensor, type TensorDtype } from './safetensors';

/** The weights of one part of a model, from one file `stem.safetensors` or its shards `stem-00001-of-00003.safetensors`. */
export class WeightFiles {
  private constructor(
    private readonly first: string,
    private readonly files: readonly SafetensorsFile[],
    private readonly owner: ReadonlyMap<string, SafetensorsFile>,
  ) {}

  /**
   * Opens the files and checks that every tensor of the layout is there in its shape. Tensors beyond the layout are left alone.
   * @throws {ModelError} naming the file and the tensor
   */
  static async open(folder: string, stem: string, layout: Layout): Promise<WeightFiles> {
    const paths = await shardPaths(folder, stem);
    const files: SafetensorsFile[] = [];
    try {
      const owner = new Map<string, SafetensorsFile>();
      for (const path of paths) {
        const file = await SafetensorsFile.open(path);
        files.push(file);
        for (const name of file.tensors.keys()) {
          const other = owner.get(name);
          if (other !== undefined) throw new ModelError('format', path, `${other.path} holds the same tensor`, name);
          owner.set(name, file);
        }
      }
      checkShapes(paths[0]!, owner, layout);
      return new WeightFiles(paths[0]!, files, owner);
    } catch (error) {
      await Promise.all(files.map((file) => file.close()));
      throw error;
    }
  }

  /** A tensor's values as float32; see {@link SafetensorsFile.read}. */
  read(name: string, target?: Float32Array): Promise<Float32Array> {
    return this.file(name).read(name, target);
  }

  /** A tensor's elements as the file has them; see {@link SafetensorsFile.readRaw}. */
  readRaw(name: string): Promise<RawTensor> {
    return this.file(name).readRaw(name);
  }

  /** Several tensors of equal row length, one below the other in one array: [a; b; …]. */
  async readStacked(names: readonly string[]): Promise<Float32Array> {
    const all = new Float32Array(this.count(names));
    await this.eachInTurn(names, (file, name, from, to) => file.read(name, all.subarray(from, to)));
    return all;
  }

  /** Whether the files have all of these tensors in this type. */
  areOf(dtype: TensorDtype, names: readonly string[]): boolean {
    return names.every((name) => this.file(name).tensors.get(name)!.dtype === dtype);
  }

  /** The same as {@link readStacked} of tensors in half precision, as their bits. */
  async readStackedHalf(names: readonly string[]): Promise<Uint16Array> {
    const all = new Uint16Array(this.count(names));
    await this.eachInTurn(names, (file, name, from, to) => file.readRaw(name, all.subarray(from, to)));
    return all;
  }

  /** The same as {@link readStacked} of tensors in 8 bits, as they are. */
  async readStackedBytes(names: readonly string[]): Promise<ByteTensor> {
    const count = this.count(names);
    const data = new Uint8Array(count);
    const scales = new Uint16Array(count / BLOCK);
    await this.eachInTurn(names, (file, name, from, to) =>
      file.readBytes(name, { data: data.subarray(from, to), scales: scales.subarray(from / BLOCK, to / BLOCK) }),
    );
    return { data, scales };
  }

  /** The scales of tensors in 8 bits, stacked. */
  readStackedScales(names: readonly string[]): Promise<Uint16Array> {
    return this.readStackedHalf(names.map(scalesOf));
  }

  /** Where the elements of several tensors lie one behind the other in one file; undefined where they do not. */
  regionOf(names: readonly string[]): FileRegion | undefined {
    const { path, tensors } = this.file(names[0]!);
    const places = names.map((name) => tensors.get(name));
    if (places.some((place, i) => place === undefined || (i > 0 && place.start !== places[i - 1]!.end)))
      return undefined;
    const [start, end] = [places[0]!.start, places.at(-1)!.end];
    return { folder: dirname(path), file: basename(path), offset: start, byteLength: end - start };
  }

  async close(): Promise<void> {
    await Promise.all(this.files.map((file) => file.close()));
  }

  /** Reads tensors one after the other; each is told which values of all of them together are its own. */
  private async eachInTurn(
    names: readonly string[],
    read: (file: SafetensorsFile, name: string, from: number, to: number) => Promise<unknown>,
  ): Promise<void> {
    let from = 0;
    for (const name of names) {
      const to = from + this.count([name]);
      await read(this.file(name), name, from, to);
      from = to;
    }
  }

  /** Values in all of these tensors together. */
  private count(names: readonly string[]): number {
    const shapes = names.map((name) => this.file(name).tensors.get(name)!.shape);
    return shapes.reduce((sum, shape) => sum + shape.reduce((product, size) => product * size, 1), 0);
  }

  private file(name: string): SafetensorsFile {
    const file = this.owner.get(name);
    if (file === undefined) throw new ModelError('missing', this.first, 'the file holds no such tensor', name);
    return file;
  }
}

function checkShapes(first: string, owner: ReadonlyMap<string, SafetensorsFile>, layout: Layout): void {
  for (const [name, shape] of layout) {
    const file = owner.get(name);
    if (file === undefined) throw new ModelError('shape', first, 'the tensor is missing', name);
    const found = file.tensors.get(name)!.shape;
    if (found.length !== shape.length || found.some((size, i) => size !== shape[i])) {
      throw new ModelError(
        'shape',
        file.path,
        `has shape [${found.join(', ')}], config.json asks for [${shape.join(', ')}]`,
        name,
      );
    }
  }
}

/** The one file, or all shards in order. @throws {ModelError} naming the file that is missing */
async function shardPaths(folder: string, stem: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw new ModelError('unreadable', folder, `cannot be listed (${(error as Error).message})`);
  });
  const single = `${stem}.safetensors`;
  if (names.includes(single)) return [join(folder, single)];
  const shard = names
    .map((name) => /^(.+)-\d{5}-of-(\d{5})\.safetensors$/.exec(name))
    .find((match) => match?.[1] === stem && Number(match[2]) > 0);
  if (!shard) throw new ModelError('missing', join(folder, single), 'there is no such file');
  const total = Number(shard[2]);
  return Array.from({ length: total }, (_, i) => {
    const name = `${stem}-${String(i + 1).padStart(5, '0')}-of-${shard[2]!}.safetensors`;
    if (!names.includes(name))
      throw new ModelError('missing', join(folder, name), `there is no such file (one of ${total} shards)`);
    return join(folder, name);
  });
}
