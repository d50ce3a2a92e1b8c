import { describe, expect, it } from 'vitest';
import { isEmptyFolder, isStoreFolder } from '../../../src/training/storeFolder';
import { temporaryFolders } from './corpus/folders';

const folder = temporaryFolders();

const STORE = {
  'state.json': '{}',
  'report.json': '{}',
  using: 'starter',
  'embeddings.cache': '',
  'training.lock/x': '',
  'training.lock.12.part/x': '',
  'models/a.safetensors': '',
  'composed/a/config.json': '',
  'training/last.safetensors': '',
  'training/best-12.safetensors': '',
  'training/candidate/config.json': '',
};

describe('a folder is a store', () => {
  it.each([
    ['with all that one may hold', STORE],
    ['that could not keep its cache', { 'state.json': '{}', 'models/a.safetensors': '', 'composed/a/config.json': '' }],
    [
      'where a training was killed',
      { 'training.lock.123/x': '', 'state.json.456.part': '', 'training/last.safetensors.part': '' },
    ],
    ['that macOS has looked at', { ...STORE, '.DS_Store': '' }],
  ])('%s', async (_, files) => {
    expect(await isStoreFolder(folder(files))).toBe(true);
  });

  it.each([
    ['with a file more', { ...STORE, 'page.md': '' }],
    ['whose folder of the checkpoint has a file more', { ...STORE, 'training/notes.md': '' }],
    ['with names that only begin like those of one', { ...STORE, 'training.md': '' }],
    ['whose checkpoint is no file', { ...STORE, 'training/best-7.safetensors/notes.md': '' }],
    ['with names alone that others use too', { 'report.json': '{}', 'models/a.safetensors': '' }],
    ['that is empty', {}],
  ])('but not one %s', async (_, files) => {
    expect(await isStoreFolder(folder(files))).toBe(false);
  });
});

it('tells an empty folder', async () => {
  expect(await isEmptyFolder(folder({ '.DS_Store': '' }))).toBe(true);
  expect(await isEmptyFolder(folder(STORE))).toBe(false);
  await expect(isEmptyFolder('/nowhere/at/all')).rejects.toThrow('ENOENT');
});
