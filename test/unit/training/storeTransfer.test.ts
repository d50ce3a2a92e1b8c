import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { writeSafetensors } from '../../../src/model/writeSafetensors';
import { saveModelFile } from '../../../src/training/modelFile';
import { TrainingSources } from '../../../src/training/sources';
import { WorkspaceStore } from '../../../src/training/store';
import { copyOf, modelError } from '../model/folders';
import { temporaryFolders } from './corpus/folders';
import { card, config, norm, NORM } from './models';
import { TINY_MODEL } from './reference';

const folder = temporaryFolders();

describe('a model that leaves a store, or comes into one', () => {
  let root: string;
  let store: WorkspaceStore;
  let file: string;
  beforeEach(() => {
    root = folder();
    store = new WorkspaceStore(join(root, 'store'));
    file = join(root, 'model.safetensors');
  });

  /** A model file with a card as it is given. */
  async function fileWith(text: string, version = '1'): Promise<void> {
    await writeSafetensors(file, [], { format: 'planwright-workspace-model', version, card: text });
  }

  it('is not exported where it is damaged or missing, and a person is told what to do', async () => {
    const model = await store.adopt(await card(), config, norm(2), { documents: {} });
    const bytes = readFileSync(model.file);
    bytes[bytes.length - 5]! ^= 1;
    writeFileSync(model.file, bytes);
    writeFileSync(file, 'an earlier one');
    const refusal = { kind: 'stored', message: expect.stringMatching(/missing or damaged.*not exported/) as string };
    await expect(store.exportTo(file)).rejects.toMatchObject(refusal);
    rmSync(model.file);
    await expect(store.exportTo(file)).rejects.toMatchObject(refusal);
    expect(readFileSync(file, 'utf8')).toBe('an earlier one');
    expect(existsSync(`${file}.part`)).toBe(false);
  });

  it('is not taken where a tensor has another shape', async () => {
    const own = await store.adopt(await card(), config, norm(2), { documents: {} });
    const tensor = { name: NORM, dtype: 'F16' as const, shape: [64], data: new Float32Array(64).fill(1) };
    const metadata = { format: 'planwright-workspace-model', version: '1', card: JSON.stringify(await card()) };
    await writeSafetensors(file, [tensor], metadata);
    expect(await modelError(store.importFrom(file, TINY_MODEL))).toMatchObject({ kind: 'shape', file, field: NORM });
    expect((await store.current())?.id).toBe(own.id);
  });

  it('is not taken where its thin matrices do not fit the ones they are added to', async () => {
    const gate = 'model.layers.0.mlp.gate_proj.weight';
    const lowRank = [{ sources: [gate], down: 'x.down', up: 'x.up' }];
    const light = { ...(await card('light')), lowRank };
    const matrix = (shape: readonly number[]) => ({
      data: new Float32Array(shape.reduce((a, b) => a * b)).fill(0.1),
      shape,
    });
    const wrong: [down: number[], up: number[], kind: string, field: string][] = [
      [[2, 31], [64, 2], 'shape', 'x.down'],
      [[64], [64, 2], 'shape', 'x.down'],
      [[2, 32], [63, 2], 'shape', 'x.up'],
      [[2, 32], [64, 3], 'shape', 'x.up'],
      [[2, 32], [128], 'shape', 'x.up'],
    ];
    for (const [down, up, kind, field] of wrong) {
      const tensors = new Map([
        ['x.down', matrix(down)],
        ['x.up', matrix(up)],
      ]);
      await saveModelFile(file, light, config, tensors);
      expect(await modelError(store.importFrom(file, TINY_MODEL))).toMatchObject({ kind, file, field });
    }
    await saveModelFile(file, light, config, new Map([['x.down', matrix([2, 32])]]));
    expect(await modelError(store.importFrom(file, TINY_MODEL))).toMatchObject({ kind: 'missing', field: 'x.up' });
    expect(await store.current()).toBeUndefined();
    const fitting = new Map([
      ['x.down', matrix([2, 32])],
      ['x.up', matrix([64, 2])],
    ]);
    await saveModelFile(file, light, config, fitting);
    const { file: taken } = await store.importFrom(file, TINY_MODEL);

    // Training goes on from it only in its own rank.
    const sources = await TrainingSources.open(TINY_MODEL, taken);
    const initial = (rank: number): Promise<Float32Array> =>
      sources.initial({ name: 'x.down', group: 'lm', shape: [rank, 32], sources: [] }, 1);
    try {
      expect((await initial(2)).length).toBe(64);
      await expect(initial(8)).rejects.toMatchObject({
        kind: 'stored',
        message: expect.stringMatching(/anew/) as string,
      });
    } finally {
      await sources.close();
    }
  });

  it('is opened before it is taken: one that does not open replaces nothing', async () => {
    const own = await store.adopt(await card(), config, norm(2), { documents: {} });
    const base = copyOf(TINY_MODEL);
    const labels = readFileSync(join(base, 'labels.json'));
    // Of the same size: what is only composed does not notice.
    writeFileSync(join(base, 'labels.json'), labels.fill(' '));
    await saveModelFile(file, await card(), config, norm(3));
    expect((await modelError(store.importFrom(file, base))).file).toMatch(/labels\.json$/);
    expect((await store.current())?.id).toBe(own.id);
    expect(existsSync(own.file)).toBe(true);
    expect(existsSync(join(store.folder, 'composed', 'import'))).toBe(false);
  });

  it('is refused in words of our own where its description is none', async () => {
    const whole = await card();
    const measures = { perplexity: 1 };
    const pair = { sources: ['a'], down: 'b' };
    const others = [
      { ...whole, createdAt: 'x/../y' },
      { ...whole, mode: 'other' },
      { ...whole, lowRank: undefined },
      { ...whole, lowRank: [pair] },
      { ...whole, base: null },
      { ...whole, base: { 'lm.safetensors': 1 } },
      { ...whole, after: measures },
    ];
    for (const text of ['', '{}', 'null', '[]', '"text"', ...others.map((other) => JSON.stringify(other))]) {
      await fileWith(text);
      const refusal = { kind: 'stored', message: expect.stringContaining('description cannot be read') as string };
      await expect(store.importFrom(file, TINY_MODEL), text).rejects.toMatchObject(refusal);
    }
    await fileWith(JSON.stringify(whole), '2');
    await expect(store.importFrom(file, TINY_MODEL)).rejects.toThrow(/newer Planwright/);
    await fileWith(JSON.stringify(whole));
    await store.importFrom(file, TINY_MODEL);
  });
});
