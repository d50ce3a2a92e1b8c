import { readdirSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TrainingSources } from '../../../src/training/sources';
import { copyOf, modelError, TINY_MODEL } from '../model/folders';

/** Files of a folder that this process holds open, as Linux lists them. */
function held(folder: string): string[] {
  const links = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      // The list itself, closed by now.
      return '';
    }
  });
  return links.filter((path) => path.startsWith(realpathSync(folder)));
}

describe.runIf(process.platform === 'linux')('the files that training starts from', () => {
  it('are held until they are closed', async () => {
    const folder = copyOf(TINY_MODEL);
    const sources = await TrainingSources.open(folder);
    expect(held(folder).length).toBeGreaterThan(1);
    await sources.close();
    expect(held(folder)).toEqual([]);
  });

  it.each([
    ['a part is missing', (folder: string) => rmSync(join(folder, 'adapter.safetensors')), undefined],
    ['what was tuned is none', (folder: string) => writeFileSync(join(folder, 'tuned'), 'no weights'), 'tuned'],
  ])('are closed again where %s', async (_, spoil, tuned) => {
    const folder = copyOf(TINY_MODEL);
    spoil(folder);
    await modelError(TrainingSources.open(folder, tuned && join(folder, tuned)));
    expect(held(folder)).toEqual([]);
  });
});
