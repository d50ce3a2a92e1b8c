import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openModel } from '../../../src/model/openModel';
import { composeModel } from '../../../src/training/composeModel';
import { saveModelFile } from '../../../src/training/modelFile';
import { WorkspaceStore } from '../../../src/training/store';
import { temporaryFolders } from './corpus/folders';
import { card, config, norm } from './models';
import { TINY_MODEL } from './reference';

const folder = temporaryFolders();

describe('a composed model folder', () => {
  let root: string;
  let target: string;
  beforeEach(() => {
    root = folder();
    target = join(root, 'composed');
  });

  async function compose(value: number): Promise<void> {
    const file = join(root, `${value}.safetensors`);
    await saveModelFile(file, await card(), config, norm(value));
    await composeModel(TINY_MODEL, file, target);
    expect(readdirSync(root).filter((name) => name.startsWith('composed'))).toEqual(['composed']);
  }

  const lm = (): string => join(target, 'lm.safetensors');

  it('stays where it is the same already: another process may have it open', async () => {
    await compose(2);
    const { ino } = statSync(lm());
    await compose(2);
    expect(statSync(lm()).ino).toBe(ino);
  });

  it('replaces another one, a damaged one, and what is none', async () => {
    await compose(2);
    const first = readFileSync(lm());
    await compose(3);
    const second = readFileSync(lm());
    expect(second.equals(first)).toBe(false);
    truncateSync(lm(), 100);
    await compose(3);
    expect(readFileSync(lm()).equals(second)).toBe(true);
    rmSync(target, { recursive: true });
    mkdirSync(target);
    writeFileSync(join(target, 'notes'), '');
    await compose(3);
    expect(readFileSync(lm()).equals(second)).toBe(true);
    expect(readdirSync(target)).not.toContain('notes');
  });

  it('is opened by all who make it at the same time', async () => {
    const store = new WorkspaceStore(join(root, 'store'));
    await store.adopt(await card(), config, norm(2), { documents: {} });
    const open = async (): Promise<void> => (await openModel(await store.activeFolder(TINY_MODEL))).close();
    for (let round = 0; round < 6; round++) {
      rmSync(join(store.folder, 'composed'), { recursive: true, force: true });
      await Promise.all([open(), open(), open()]);
    }
  });
});
