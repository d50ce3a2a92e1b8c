import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { writeSafetensors } from '../../../src/model/writeSafetensors';
import { saveModelFile } from '../../../src/training/modelFile';
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
  async function fileWith(text: string): Promise<void> {
    await writeSafetensors(file, [], { format: 'planwright-workspace-model', version: '1', card: text });
  }

  it('is not exported where it is damaged or missing, and a person is told what to do', async () => {
    const model = await store.adopt(await card(), config, norm(2), {});
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
    const own = await store.adopt(await card(), config, norm(2), {});
    const tensor = { name: NORM, dtype: 'F16' as const, shape: [64], data: new Float32Array(64).fill(1) };
    const metadata = { format: 'planwright-workspace-model', version: '1', card: JSON.stringify(await card()) };
    await writeSafetensors(file, [tensor], metadata);
    expect(await modelError(store.importFrom(file, TINY_MODEL))).toMatchObject({ kind: 'shape', file, field: NORM });
    expect((await store.current())?.id).toBe(own.id);
  });

  it('is opened before it is taken: one that does not open replaces nothing', async () => {
    const own = await store.adopt(await card(), config, norm(2), {});
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
    await fileWith(JSON.stringify(whole));
    await store.importFrom(file, TINY_MODEL);
  });
});
