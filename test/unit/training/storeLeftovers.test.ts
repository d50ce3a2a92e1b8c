import { existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { TrainingError } from '../../../src/training/errors';
import { WorkspaceStore } from '../../../src/training/store';
import { temporaryFolders } from './corpus/folders';
import { card, config, norm } from './models';
import { TINY_MODEL } from './reference';

const folder = temporaryFolders();
const ID = '2026-03-01T100000000Z-abcdef';

/** What a store holds, without its state. */
const IN_FOLDERS = ['models', 'composed'];

describe('what work that was ended left in a store', () => {
  let store: WorkspaceStore;
  beforeEach(() => {
    store = new WorkspaceStore(join(folder(), 'store'));
  });

  /** Puts something there. @param minutes how old it is */
  function leave(name: string, minutes: number): void {
    const path = join(store.folder, name);
    const isFolder = /composed|lock/.test(name);
    mkdirSync(isFolder ? path : dirname(path), { recursive: true });
    writeFileSync(isFolder ? join(path, 'file') : path, 'left');
    const then = new Date(Date.now() - minutes * 60_000);
    utimesSync(path, then, then);
  }

  const held = (): string[][] => IN_FOLDERS.map((name) => readdirSync(join(store.folder, name)).sort());

  /** Things of which nothing is to remain; the young ones among them are made under the lock, which nobody holds now. */
  function leaveAll(): void {
    for (const name of [`models/${ID}.safetensors`, `models/${ID}.safetensors.part`]) leave(name, 0);
    for (const name of ['import', 'import.part-aB3xYz', ID]) leave(`composed/${name}`, 0);
    leave(`composed/${ID}.part-aB3xYz`, 90);
    for (const name of ['embeddings.cache.123.part', 'state.json.4.part', 'training.lock.56.part']) leave(name, 90);
  }

  it.each(['adopt', 'discardRun', 'importFrom'] as const)('goes with the next change: %s', async (change) => {
    const file = join(store.folder, '..', 'exported.safetensors');
    let { id } = await store.adopt(await card(), config, norm(2), { documents: {} });
    await store.activeFolder(TINY_MODEL);
    await store.exportTo(file);
    leaveAll();
    if (change === 'adopt') id = (await store.adopt(await card(), config, norm(3), { documents: {} })).id;
    else if (change === 'importFrom') id = (await store.importFrom(file, TINY_MODEL)).id;
    else await store.discardRun();
    await store.activeFolder(TINY_MODEL);
    expect(held()).toEqual([[`${id}.safetensors`], [id]]);
    expect(readdirSync(store.folder).sort()).toEqual(['composed', 'models', 'state.json']);
  });

  it('stays where it may be under way without the lock, is of use, or is no work of ours', async () => {
    const { id } = await store.adopt(await card(), config, norm(2), { documents: {} });
    await store.activeFolder(TINY_MODEL);
    const composed = [`${ID}.part-aB3xYz`, 'notes'];
    for (const name of composed) leave(`composed/${name}`, name === 'notes' ? 90 : 10);
    leave('models/mine.safetensors', 90);
    leave('embeddings.cache.123.part', 10);
    leave('notes.part', 90);
    await store.discardRun();
    expect(held()).toEqual([[`${id}.safetensors`, 'mine.safetensors'].sort(), [id, ...composed].sort()]);
    for (const name of ['embeddings.cache.123.part', 'notes.part']) {
      expect(existsSync(join(store.folder, name)), name).toBe(true);
    }
  });

  it('stays for another time where it cannot be looked at, and holds up nothing', async () => {
    for (const name of [`models/${ID}.safetensors`, `composed/${ID}`]) leave(name, 0);
    const [first, last] = [`${ID}.part-000000`, `${ID}.part-zzzzzz`];
    symlinkSync('/nowhere', join(store.folder, 'composed', first));
    leave(`composed/${last}`, 90);
    await store.discardRun();
    expect(held()).toEqual([[], [first]]);
  });

  it.each<[string, (state: string) => void]>([
    ['is damaged', (state) => writeFileSync(state, '{"model": ')],
    ['cannot be read', (state) => mkdirSync(state)],
  ])('stays where nobody knows which model counts: the state %s', async (_, make) => {
    leave(`models/${ID}.safetensors`, 90);
    make(join(store.folder, 'state.json'));
    await expect(store.current()).rejects.toBeInstanceOf(TrainingError);
    await store.discardRun();
    expect(readdirSync(join(store.folder, 'models'))).toEqual([`${ID}.safetensors`]);
  });

  it('is no model where the state could not be written', async () => {
    mkdirSync(join(store.folder, 'state.json', 'in the way'), { recursive: true });
    await expect(store.adopt(await card(), config, norm(2), { documents: {} })).rejects.toMatchObject({ kind: 'disk' });
    expect(readdirSync(join(store.folder, 'models'))).toEqual([]);
    await expect(store.current()).rejects.toThrow(/^The state of this workspace could not be read/);
    expect(readdirSync(store.folder).sort()).toEqual(['models', 'state.json']);
  });
});
