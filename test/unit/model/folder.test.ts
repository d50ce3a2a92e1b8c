import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../src/model/errors';
import { readJson, verifyFiles } from '../../../src/model/folder';
import { LabelSet } from '../../../src/model/labels';
import { copyOf, modelError, rewrite, TINY_MODEL } from './folders';

describe('verifying the files of a model folder', () => {
  it('reads every listed file once', async () => {
    const seen: string[] = [];
    const records = await verifyFiles(TINY_MODEL, true, (name) => seen.push(name));
    expect(seen).toEqual(records.map((record) => record.name));
    expect(seen).toContain('lm.safetensors');
  });

  it('names a missing file', async () => {
    const folder = copyOf(TINY_MODEL);
    rmSync(join(folder, 'planner.safetensors'));
    expect(await modelError(verifyFiles(folder, false))).toMatchObject({
      kind: 'missing',
      file: join(folder, 'planner.safetensors'),
    });
  });

  it('names a file that is cut short', async () => {
    const folder = copyOf(TINY_MODEL);
    rewrite(folder, 'lm.safetensors', (bytes) => bytes.subarray(0, -1), false);
    expect(await modelError(verifyFiles(folder, false))).toMatchObject({
      kind: 'truncated',
      file: join(folder, 'lm.safetensors'),
    });
  });

  it('names a file that has grown', async () => {
    const folder = copyOf(TINY_MODEL);
    rewrite(folder, 'labels.json', (bytes) => Buffer.concat([bytes, Buffer.from('\n')]), false);
    expect(await modelError(verifyFiles(folder, false))).toMatchObject({
      kind: 'checksum',
      file: join(folder, 'labels.json'),
    });
  });

  it('names a file with one flipped bit, when contents are checked', async () => {
    const folder = copyOf(TINY_MODEL);
    rewrite(
      folder,
      'encoder.safetensors',
      (bytes) => {
        bytes[bytes.length - 5]! ^= 1;
        return bytes;
      },
      false,
    );
    await expect(verifyFiles(folder, false)).resolves.toBeDefined();
    expect(await modelError(verifyFiles(folder, true))).toMatchObject({
      kind: 'checksum',
      file: join(folder, 'encoder.safetensors'),
    });
  });

  it.each(['../x', '..', 'a/b', '/etc/passwd'])('refuses a list that points out of the folder: %s', async (name) => {
    const folder = copyOf(TINY_MODEL);
    const list = { files: { [name]: { bytes: 1, sha256: '0'.repeat(64) } } };
    rewrite(folder, 'checksums.json', () => Buffer.from(JSON.stringify(list)), false);
    expect(await modelError(verifyFiles(folder, false))).toMatchObject({ kind: 'config', field: name });
  });

  it.each(['', '0'.repeat(63), 'F'.repeat(64)])('refuses a list with a checksum that is none: "%s"', async (sha256) => {
    const folder = copyOf(TINY_MODEL);
    const list = { files: { 'config.json': { bytes: 1, sha256 } } };
    rewrite(folder, 'checksums.json', () => Buffer.from(JSON.stringify(list)), false);
    expect(await modelError(verifyFiles(folder, false))).toMatchObject({ kind: 'config' });
  });

  it('says what is not JSON', async () => {
    const folder = copyOf(TINY_MODEL);
    rewrite(folder, 'labels.json', (bytes) => bytes.subarray(0, 50), false);
    expect(await modelError(readJson(join(folder, 'labels.json')))).toMatchObject({ kind: 'format' });
  });
});

describe('labels.json', () => {
  const value = (): { labels: Record<string, unknown>[] } =>
    JSON.parse(readFileSync(join(TINY_MODEL, 'labels.json'), 'utf8')) as { labels: Record<string, unknown>[] };

  it('gives labels by id and by name', () => {
    const labels = LabelSet.parse(value(), 'labels.json', 16);
    expect(labels.count).toBe(16);
    expect(labels.get(3)).toMatchObject({ id: 3, name: 'label 3', frequency: 1 / 16 });
    expect(labels.find('LABEL 3')).toBe(labels.get(3));
    expect(labels.find('3')).toBe(labels.get(3));
    expect(labels.find('no such')).toBeUndefined();
    expect(() => labels.get(16)).toThrow(RangeError);
  });

  it('is refused when a label is missing, out of order or without a name', () => {
    const short = value();
    short.labels.pop();
    expect(() => LabelSet.parse(short, 'labels.json', 16)).toThrow('lists 15 labels');
    const swapped = value();
    swapped.labels.reverse();
    expect(() => LabelSet.parse(swapped, 'labels.json', 16)).toThrow('labels[0].id');
    const nameless = value();
    delete nameless.labels[2]!['name'];
    expect(() => LabelSet.parse(nameless, 'labels.json', 16)).toThrow(ModelError);
  });
});
