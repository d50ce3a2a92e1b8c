import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { writeSafetensors } from '../../../src/model/writeSafetensors';
import { copyWhole, putWhole, writeWhole } from '../../../src/training/wholeFile';
import { temporaryFolders } from './corpus/folders';
import { atEachFlush } from './flushes';
import { useProgramOf } from './programs';

const folder = temporaryFolders();
afterEach(() => vi.restoreAllMocks());

const program = useProgramOf(`
  import { writeCacheFile } from './training/corpus/cacheFile';
  import { writeState } from './training/stateFile';
  const [what, file] = process.argv.slice(2);
  const work = what === 'state'
    ? writeState(file, 'x'.repeat(100_000))
    : writeCacheFile(file, Buffer.alloc(32), new Map([[Buffer.alloc(32).toString('base64'), new Uint8Array(100_000)]]));
  await work.then(() => console.log('written'), (error) => console.log(error.code ?? error.message));`);

describe('a file that is written whole', () => {
  // A limit of the process ends a write as a disk does that fills up: it takes some of the bytes, and only the next write fails.
  it.skipIf(process.platform === 'win32').each([
    ['state', /^The state of this workspace could not be written/],
    ['cache', /^EFBIG/],
  ])('stays as it was where only a part of it fits on the disk: %s', (what, refusal) => {
    const root = folder({ kept: 'as it was' });
    const file = join(root, 'kept');
    const command = 'ulimit -f 16 && exec "$0" "$@"';
    const { stdout } = spawnSync('sh', ['-c', command, process.execPath, program.path, what, file], {
      encoding: 'utf8',
    });
    expect(stdout).toMatch(refusal);
    expect(readFileSync(file, 'utf8')).toBe('as it was');
    expect(readdirSync(root)).toEqual(['kept']);
  });

  it('is that of the last one, where several write it', async () => {
    const root = folder();
    const file = join(root, 'shared');
    const contents = Array.from({ length: 8 }, (_, i) => String(i).repeat(100_000));
    await Promise.all(contents.map((content) => writeWhole(file, content)));
    expect(contents).toContain(readFileSync(file, 'utf8'));
    expect(readdirSync(root)).toEqual(['shared']);
  });

  it('is not replaced by what cannot be made, or is refused', async () => {
    const root = folder({ kept: 'as it was', other: 'another' });
    const file = join(root, 'kept');
    const refuse = (): Promise<never> => Promise.reject(new Error('refused'));
    const half = putWhole(file, (part) => {
      writeFileSync(part, 'half');
      return refuse();
    });
    await expect(half).rejects.toThrow('refused');
    await expect(copyWhole(join(root, 'other'), file, refuse)).rejects.toThrow('refused');
    await expect(copyWhole(join(root, 'none'), file)).rejects.toThrow('ENOENT');
    expect(readFileSync(file, 'utf8')).toBe('as it was');
    chmodSync(join(root, 'other'), 0o444);
    await copyWhole(join(root, 'other'), file);
    expect(statSync(file).mode & 0o200).toBe(0o200);
    expect(readFileSync(file, 'utf8')).toBe('another');
    expect(readdirSync(root)).toEqual(['kept', 'other']);
  });

  it('is on the disk before it takes its place', async () => {
    const root = folder({ kept: 'as it was', other: 'another' });
    const file = join(root, 'kept');
    const inPlace: string[] = [];
    await atEachFlush(() => inPlace.push(readFileSync(file, 'utf8')));
    await writeWhole(file, 'new');
    await copyWhole(join(root, 'other'), file);
    await putWhole(file, (part) => writeSafetensors(part, []));
    expect(inPlace).toEqual(['as it was', 'new', 'another']);
  });
});
