import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeSafetensors } from '../../../src/model/writeSafetensors';
import { CheckpointFolder, type Progress, type Tensors } from '../../../src/training/checkpoint';
import { openFilesIn, tellsOpenFiles } from '../support/openFiles';

const PROGRESS: Progress = {
  run: 'run',
  step: 3,
  steps: 10,
  seconds: 5,
  heldOutBefore: 4,
  curve: [{ step: 3, loss: 4.5 }],
  best: undefined,
  sinceBest: 0,
};

function tensors(value: number): Tensors {
  return new Map([['a', { data: new Float32Array(6).fill(value), shape: [2, 3] }]]);
}

describe('a checkpoint', () => {
  let folder: string;
  let checkpoints: CheckpointFolder;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'planwright-checkpoint-')), 'training');
    checkpoints = new CheckpointFolder(folder);
  });
  afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

  it('is what was saved, exactly', async () => {
    const values = Float32Array.from([1e-30, -0, 3.4e38, 0.1, -2, 1 / 3]);
    await checkpoints.save({ progress: PROGRESS, tensors: new Map([['a', { data: values, shape: [6] }]]) });
    const loaded = await checkpoints.load('run');
    expect(loaded?.progress).toEqual({ ...PROGRESS, best: undefined });
    expect(loaded?.tensors.get('a')).toEqual({ data: values, shape: [6] });
  });

  it.runIf(tellsOpenFiles)('leaves no file open', async () => {
    const best = { step: 1, heldOut: 4 };
    await checkpoints.saveBest(best, tensors(1));
    await checkpoints.save({ progress: { ...PROGRESS, best }, tensors: tensors(2) });
    await checkpoints.progress();
    await checkpoints.load('run');
    expect(openFilesIn(folder)).toEqual([]);
  });

  it('is not there before the first, nor for another run', async () => {
    expect(await checkpoints.load('run')).toBeUndefined();
    await checkpoints.save({ progress: PROGRESS, tensors: tensors(1) });
    expect(await checkpoints.load('another')).toBeUndefined();
  });

  it('keeps the best weights that the last checkpoint names, and no others', async () => {
    await checkpoints.saveBest({ step: 1, heldOut: 4 }, tensors(1));
    await checkpoints.save({ progress: { ...PROGRESS, best: { step: 1, heldOut: 4 } }, tensors: tensors(9) });
    // An end between these two leaves the best of the checkpoint that counts.
    await checkpoints.saveBest({ step: 2, heldOut: 3 }, tensors(2));
    const before = await checkpoints.load('run');
    expect((await checkpoints.loadBest(before!.progress.best!)).get('a')?.data[0]).toBe(1);
    await checkpoints.save({ progress: { ...PROGRESS, best: { step: 2, heldOut: 3 } }, tensors: tensors(9) });
    const after = await checkpoints.load('run');
    expect((await checkpoints.loadBest(after!.progress.best!)).get('a')?.data[0]).toBe(2);
    expect(readdirSync(folder).sort()).toEqual(['best-2.safetensors', 'last.safetensors']);
  });

  it('is not believed when it is cut short anywhere, or is something else', async () => {
    await checkpoints.save({ progress: PROGRESS, tensors: tensors(1) });
    const path = join(folder, 'last.safetensors');
    const { size } = statSync(path);
    for (let length = size - 1; length >= 0; length -= 7) {
      truncateSync(path, length);
      expect(await checkpoints.load('run'), `${length} bytes`).toBeUndefined();
    }
    writeFileSync(path, 'something else altogether');
    expect(await checkpoints.load('run')).toBeUndefined();
    for (const metadata of [{}, { progress: '' }, { progress: '{"run":"run"' }]) {
      await writeSafetensors(path, [], metadata);
      expect(await checkpoints.load('run')).toBeUndefined();
    }
  });

  it('is not taken up when the best weights it names are gone', async () => {
    await checkpoints.save({ progress: { ...PROGRESS, best: { step: 1, heldOut: 4 } }, tensors: tensors(1) });
    expect(await checkpoints.load('run')).toBeUndefined();
  });

  it('is deleted with all that runs made, but nothing that is another’s', async () => {
    await checkpoints.clear();
    const save = async (): Promise<void> => {
      await checkpoints.saveBest({ step: 1, heldOut: 4 }, tensors(1));
      await checkpoints.save({ progress: { ...PROGRESS, best: { step: 1, heldOut: 4 } }, tensors: tensors(2) });
      for (const name of ['last.safetensors.part', 'best-12.safetensors.part', 'candidate.safetensors']) {
        writeFileSync(join(folder, name), '');
      }
      for (const name of ['candidate', 'candidate.part-aB3xYz']) {
        mkdirSync(join(folder, name));
        writeFileSync(join(folder, name, 'lm.safetensors'), '');
      }
    };
    await save();
    await checkpoints.clear();
    expect(existsSync(folder)).toBe(false);
    await save();
    const theirs = ['best-friends.safetensors', 'candidate.md', 'candidate.part-second', 'notes.md', 'plans'];
    for (const name of theirs.slice(0, 4)) writeFileSync(join(folder, name), 'mine');
    mkdirSync(join(folder, 'plans'));
    await checkpoints.save({ progress: PROGRESS, tensors: tensors(2) });
    await checkpoints.clear();
    expect(readdirSync(folder).sort()).toEqual(theirs);
  });

  it.runIf(existsSync('/dev/full'))('stays as it was when the disk is full', async () => {
    await checkpoints.save({ progress: PROGRESS, tensors: tensors(1) });
    symlinkSync('/dev/full', join(folder, 'last.safetensors.part'));
    const save = checkpoints.save({ progress: { ...PROGRESS, step: 4 }, tensors: tensors(2) });
    await expect(save).rejects.toThrow(/disk is full/);
    expect((await checkpoints.load('run'))?.progress.step).toBe(3);
  });
});
