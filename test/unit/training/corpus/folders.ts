import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import type { CorpusOptions } from '../../../../src/training/corpus/survey';

/** Temporary folders of a test file, removed at its end. */
export function temporaryFolders(): (files?: Readonly<Record<string, string | Uint8Array>>) => string {
  const made: string[] = [];
  afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
  return (files = {}) => {
    const folder = mkdtempSync(join(tmpdir(), 'planwright-corpus-'));
    made.push(folder);
    writeFiles(folder, files);
    return folder;
  };
}

export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

const WORDS =
  'tea water kettle leaf cup morning garden letter river winter paper window music bread stone forest answer question light harbour'.split(
    ' ',
  );

/** Prose that is like no other number's. */
export function prose(number: number, sentences = 6): string {
  const random = (
    (state: number) => () =>
      (state = (state * 48271) % 2147483647)
  )(number * 7919 + 1);
  const word = (): string => WORDS[random() % WORDS.length]!;
  const sentence = (): string =>
    `The ${Array.from({ length: 7 }, word).join(' ')} of ${word()} ${String(number)} ${word()}s.`;
  return `# About ${word()} ${number}\n\n${Array.from({ length: sentences }, sentence).join(' ')}\n`;
}

export function options(paths: readonly string[], more: Partial<CorpusOptions> = {}): CorpusOptions {
  return {
    folders: paths.map((path) => ({ path, exclude: [] })),
    include: [],
    maxFileBytes: 2 ** 20,
    maxTotalBytes: 2 ** 24,
    heldOutFraction: 0.2,
    seed: 1,
    ...more,
  };
}
