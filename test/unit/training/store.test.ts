import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readChecksums } from '../../../src/model/folder';
import { openModel } from '../../../src/model/openModel';
import { roundToBytes } from '../../../src/model/roundToBytes';
import { SafetensorsFile, type ByteTensor } from '../../../src/model/safetensors';
import { TrainingBusyError, TrainingError } from '../../../src/training/errors';
import { baseOf, saveModelFile, tunedLayout } from '../../../src/training/modelFile';
import { LOW_RANK_SCALE } from '../../../src/training/parameterBook';
import { WorkspaceStore } from '../../../src/training/store';
import { withStoreLock } from '../../../src/training/storeLock';
import { copyOf, modelError, rewrite, storeInBytes } from '../model/folders';
import { atEachFlush } from './flushes';
import { card, config, norm, NORM } from './models';
import { TINY_MODEL } from './reference';

const QUERY = 'model.layers.0.self_attn.q_proj.weight';
const GATE = 'model.layers.0.mlp.gate_proj.weight';

describe('the store of a workspace', () => {
  let folder: string;
  let store: WorkspaceStore;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'planwright-store-'));
    store = new WorkspaceStore(join(folder, 'store'));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true, force: true });
  });

  async function withFile<T>(path: string, work: (file: SafetensorsFile) => T | Promise<T>): Promise<T> {
    const file = await SafetensorsFile.open(path);
    try {
      return await work(file);
    } finally {
      await file.close();
    }
  }

  const partOf = (path: string, part: string): string => join(path, `${part}.safetensors`);
  const read = (path: string, part: string, name: string): Promise<Float32Array> =>
    withFile(partOf(path, part), (file) => file.read(name));
  const bytesOf = (path: string, name: string): Promise<ByteTensor> =>
    withFile(partOf(path, 'lm'), (file) => file.readBytes(name));
  const dtypesOf = (path: string, part: string): Promise<Map<string, string>> =>
    withFile(partOf(path, part), ({ tensors }) => new Map([...tensors].map(([name, { dtype }]) => [name, dtype])));

  it('opens the bundled model until there is another, and again when asked to', async () => {
    expect(await store.current()).toBeUndefined();
    expect(await store.activeFolder(TINY_MODEL)).toBe(TINY_MODEL);
    await expect(store.use('workspace')).rejects.toThrow(/has no model of its own/);
    await store.adopt(await card(), config, norm(2), { documents: { 'a.md': 'hash' } });
    const composed = await store.activeFolder(TINY_MODEL);
    expect(composed).not.toBe(TINY_MODEL);
    expect([...(await read(composed, 'lm', NORM))]).toEqual(new Array(32).fill(2));
    await (await openModel(composed, { verify: true })).close();
    await store.use('starter');
    expect(await store.activeFolder(TINY_MODEL)).toBe(TINY_MODEL);
    expect((await store.current())?.documents).toEqual({ 'a.md': 'hash' });
  });

  it('keeps the choice apart from the model: one that is made meanwhile loses none, and is used at once', async () => {
    await store.adopt(await card(), config, norm(2), { documents: {} });
    const state = readFileSync(join(store.folder, 'state.json'));
    await store.use('starter');
    await store.use('workspace');
    await store.use('starter');
    expect(await store.using()).toBe('starter');
    expect(readFileSync(join(store.folder, 'state.json')).equals(state)).toBe(true);
    for (let value = 3; value < 8; value++) {
      const choosing = { goesOn: true };
      const choices = (async () => {
        while (choosing.goesOn) await Promise.all([store.use('starter'), store.use('workspace')]);
      })();
      const adopted = await store.adopt(await card(), config, norm(value), { documents: {} });
      choosing.goesOn = false;
      await choices;
      expect((await store.current())?.id).toBe(adopted.id);
    }
    await store.use('starter');
    await store.adopt(await card(), config, norm(9), { documents: {} });
    expect(await store.using()).toBe('workspace');
  });

  it('keeps what was not tuned as the base has it', async () => {
    await store.adopt(await card(), config, norm(2), { documents: {} });
    const composed = await store.activeFolder(TINY_MODEL);
    expect(await read(composed, 'lm', GATE)).toEqual(await read(TINY_MODEL, 'lm', GATE));
    for (const part of ['lm', 'adapter', 'planner']) {
      expect(await dtypesOf(composed, part), part).toEqual(await dtypesOf(TINY_MODEL, part));
    }
    for (const name of ['encoder.safetensors', 'codebook.safetensors', 'tokenizer.json', 'labels.json']) {
      expect(readFileSync(join(composed, name)).equals(readFileSync(join(TINY_MODEL, name))), name).toBe(true);
    }
  });

  it('fits a base whose labels have other names and whose general text is another, but no other weights', async () => {
    await store.adopt(await card(), config, norm(2), { documents: {} });
    const renamed = copyOf(TINY_MODEL);
    rewrite(renamed, 'labels.json', (bytes) => Buffer.concat([bytes, Buffer.from('\n')]));
    writeFileSync(join(renamed, 'replay.jsonl'), '');
    rewrite(renamed, 'replay.jsonl', () => Buffer.from('{"text":"Another text."}\n'));
    const base = await baseOf(renamed);
    expect([...(await read(await store.activeFolder(renamed), 'lm', NORM))]).toEqual(new Array(32).fill(2));
    const names = (await readChecksums(renamed)).map(({ name }) => name);
    expect(names.filter((name) => !(name in base))).toEqual(['labels.json', 'replay.jsonl']);
    // Not the same files: those of the folder that was made may be links to them.
    const other = copyOf(renamed);
    rewrite(other, 'tokenizer.json', (bytes) => Buffer.concat([bytes, Buffer.from('\n')]));
    await expect(store.activeFolder(other)).rejects.toThrow(/another bundled model/);
    rmSync(join(folder, 'store', 'composed'), { recursive: true });
    await expect(store.activeFolder(other)).rejects.toThrow(/another bundled model/);
  });

  it('adds the matrices of a light model to the frozen ones', async () => {
    const down = Float32Array.from({ length: 2 * 32 }, (_, i) => Math.sin(i));
    const up = Float32Array.from({ length: 64 * 2 }, (_, i) => Math.cos(i));
    const lowRank = [{ sources: [GATE], down: 'x.down', up: 'x.up' }];
    const tensors = new Map([
      ['x.down', { data: down, shape: [2, 32] }],
      ['x.up', { data: up, shape: [64, 2] }],
    ]);
    await store.adopt({ ...(await card('light')), lowRank }, config, tensors, { documents: {} });
    const before = await read(TINY_MODEL, 'lm', GATE);
    const after = await read(await store.activeFolder(TINY_MODEL), 'lm', GATE);
    for (const [row, column] of [
      [0, 0],
      [3, 31],
      [63, 17],
    ] as const) {
      const product = up[row * 2]! * down[column]! + up[row * 2 + 1]! * down[32 + column]!;
      const at = row * 32 + column;
      // Half precision of the file, twice.
      expect(after[at]).toBeCloseTo(before[at]! + LOW_RANK_SCALE * product, 2);
    }
  });

  it('stores a matrix in 8 bits where the base does, all else in half precision', async () => {
    const base = copyOf(TINY_MODEL);
    storeInBytes(base, 'lm.safetensors');
    const up = Float32Array.from({ length: 64 }, (_, i) => Math.cos(i));
    const down = Float32Array.from({ length: 32 }, (_, i) => Math.sin(i) / 8);
    const query = Float32Array.from({ length: 32 * 32 }, (_, i) => Math.sin(i * i));
    const tensors = new Map([
      ...norm(2),
      [QUERY, { data: query, shape: [32, 32] }],
      ['x.down', { data: down, shape: [1, 32] }],
      ['x.up', { data: up, shape: [64, 1] }],
    ]);
    const lowRank = [{ sources: [GATE], down: 'x.down', up: 'x.up' }];
    await store.adopt({ ...(await card('light')), base: await baseOf(base), lowRank }, config, tensors, {
      documents: {},
    });
    const composed = await store.activeFolder(base);
    expect(await dtypesOf(composed, 'lm')).toEqual(await dtypesOf(base, 'lm'));
    expect(new Set((await dtypesOf(composed, 'planner')).values())).toEqual(new Set(['F16']));
    // The model's file has half precision, which is rounded again.
    const { file: tuned } = (await store.current())!;
    const [halves, a, b] = await withFile(tuned, async (file) => [
      await file.read(QUERY),
      await file.read('x.down'),
      await file.read('x.up'),
    ]);
    expect(await bytesOf(composed, QUERY)).toEqual(roundToBytes(halves));
    const gate = await read(base, 'lm', GATE);
    const merged = gate.map((value, i) => value + LOW_RANK_SCALE * b[i >> 5]! * a[i % 32]!);
    expect(await bytesOf(composed, GATE)).toEqual(roundToBytes(merged));
    for (const name of ['model.embed_tokens.weight', GATE.replace('.0.', '.1.')]) {
      expect(await bytesOf(composed, name), name).toEqual(await bytesOf(base, name));
    }
    const model = await openModel(composed, { verify: true });
    expect(model.weights).toBe('int8');
    await model.close();
  });

  it('makes no folder of numbers that 8 bits cannot hold', async () => {
    const base = copyOf(TINY_MODEL);
    storeInBytes(base, 'lm.safetensors');
    const thin = (shape: number[]) => ({ data: new Float32Array(shape[0]! * shape[1]!).fill(6e4), shape });
    const tensors = new Map([
      ['x.down', thin([1, 32])],
      ['x.up', thin([64, 1])],
    ]);
    const lowRank = [{ sources: [GATE], down: 'x.down', up: 'x.up' }];
    await store.adopt({ ...(await card('light')), base: await baseOf(base), lowRank }, config, tensors, {
      documents: {},
    });
    expect(await modelError(store.activeFolder(base))).toMatchObject({ kind: 'numbers', field: GATE });
    expect(readdirSync(join(store.folder, 'composed'))).toEqual([]);
  });

  it('holds one model: the one before goes', async () => {
    const first = await store.adopt(await card(), config, norm(2), { documents: {} });
    await store.activeFolder(TINY_MODEL);
    const kept: boolean[] = [];
    await atEachFlush(() => kept.push(existsSync(first.file)));
    const second = await store.adopt(await card(), config, norm(3), { documents: {} });
    // Of the new one, and of the state that names it.
    expect(kept).toEqual([true, true]);
    expect(existsSync(first.file)).toBe(false);
    expect((await store.current())?.id).toBe(second.id);
    await store.activeFolder(TINY_MODEL);
    expect(readdirSync(join(store.folder, 'composed'))).toEqual([second.id]);
  });

  it('may be moved, and still has its model', async () => {
    await store.adopt(await card(), config, norm(2), { documents: {} });
    const moved = new WorkspaceStore(join(folder, 'moved'));
    renameSync(store.folder, moved.folder);
    expect(await moved.activeFolder(TINY_MODEL)).toContain(moved.folder);
  });

  it('exports and imports', async () => {
    await store.adopt(await card(), config, norm(2), { documents: { 'secret.md': 'hash' } });
    const file = join(folder, 'exported.safetensors');
    await store.exportTo(file);
    expect(readFileSync(file, 'latin1')).not.toContain('secret.md');
    const other = new WorkspaceStore(join(folder, 'other'));
    await other.importFrom(file, TINY_MODEL);
    expect([...(await read(await other.activeFolder(TINY_MODEL), 'lm', NORM))]).toEqual(new Array(32).fill(2));
  });

  it('imports nothing that does not fit, and keeps what it had', async () => {
    const own = await store.adopt(await card(), config, norm(2), { documents: {} });
    const stranger = join(folder, 'stranger.safetensors');
    await saveModelFile(stranger, { ...(await card()), base: { 'lm.safetensors': 'other' } }, config, norm(3));
    await expect(store.importFrom(stranger, TINY_MODEL)).rejects.toThrow(/another bundled model/);
    const noise = join(folder, 'noise.safetensors');
    writeFileSync(noise, 'not a model');
    await expect(store.importFrom(noise, TINY_MODEL)).rejects.toThrow();
    copyFileSync(join(TINY_MODEL, 'lm.safetensors'), noise);
    await expect(store.importFrom(noise, TINY_MODEL)).rejects.toThrow(/not a workspace model/);
    copyFileSync(own.file, noise);
    truncateSync(noise, 1000);
    await expect(store.importFrom(noise, TINY_MODEL)).rejects.toThrow();
    expect((await store.current())?.id).toBe(own.id);
    expect(existsSync(join(store.folder, 'composed', 'import'))).toBe(false);
  });

  it('refuses a damaged model, and says what to do; a damaged composed folder is made anew', async () => {
    const model = await store.adopt(await card(), config, norm(2), { documents: {} });
    const composed = await store.activeFolder(TINY_MODEL);
    truncateSync(join(composed, 'lm.safetensors'), 100);
    expect([...(await read(await store.activeFolder(TINY_MODEL), 'lm', NORM))]).toEqual(new Array(32).fill(2));
    rmSync(composed, { recursive: true });
    truncateSync(model.file, 100);
    await expect(store.activeFolder(TINY_MODEL)).rejects.toThrow(/missing or damaged/);
    await store.use('starter');
    expect(await store.activeFolder(TINY_MODEL)).toBe(TINY_MODEL);
  });

  it('deletes what a run left to go on from, and nothing else', async () => {
    await store.discardRun();
    const own = await store.adopt(await card(), config, norm(2), { documents: {} });
    mkdirSync(store.trainingFolder, { recursive: true });
    writeFileSync(join(store.trainingFolder, 'last.safetensors'), 'a checkpoint');
    await withStoreLock(store.folder, () => expect(store.discardRun()).rejects.toThrow(TrainingBusyError));
    await store.discardRun();
    expect(existsSync(store.trainingFolder)).toBe(false);
    expect((await store.current())?.id).toBe(own.id);
  });

  it('forgets everything, but not while it is trained', async () => {
    await store.adopt(await card(), config, norm(2), { documents: {} });
    await withStoreLock(store.folder, async () => {
      await expect(store.forget()).rejects.toThrow(TrainingBusyError);
      await expect(withStoreLock(store.folder, () => Promise.resolve())).rejects.toThrow(TrainingBusyError);
    });
    await store.forget();
    expect(existsSync(store.folder)).toBe(false);
    await store.forget();
  });

  it.runIf(existsSync('/dev/full'))('says so when the disk is full, and keeps what it had', async () => {
    const own = await store.adopt(await card(), config, norm(2), { documents: {} });
    const target = join(folder, 'full.safetensors');
    symlinkSync('/dev/full', `${target}.part`);
    const saved = saveModelFile(target, await card(), config, norm(3));
    await expect(saved).rejects.toThrow(TrainingError);
    await expect(saved).rejects.toThrow(/disk is full/);
    expect(existsSync(target)).toBe(false);
    expect((await store.current())?.id).toBe(own.id);
  });

  it('refuses numbers that half precision cannot hold', async () => {
    await expect(store.adopt(await card(), config, norm(1e6), { documents: {} })).rejects.toThrow(/cannot hold/);
    await expect(store.adopt(await card(), config, norm(NaN), { documents: {} })).rejects.toThrow(/cannot hold/);
    expect(await store.current()).toBeUndefined();
  });

  it('says so when its state is damaged', async () => {
    mkdirSync(store.folder, { recursive: true });
    writeFileSync(join(store.folder, 'state.json'), '{"using": "work');
    await expect(store.activeFolder(TINY_MODEL)).rejects.toThrow(/Forget the model/);
    await store.forget();
    expect(await store.activeFolder(TINY_MODEL)).toBe(TINY_MODEL);
  });

  it('covers all that is tuned with its layout', () => {
    const groups = [...tunedLayout(config).keys()].map((name) => name.split('.')[0]);
    expect([...new Set(groups)].sort()).toEqual(['adapter', 'model', 'planner']);
  });
});
