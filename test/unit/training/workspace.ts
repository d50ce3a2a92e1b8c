import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobOptions } from '../../../src/training/jobTypes';
import { seededRandom } from '../../../src/writing/sampling';
import { TINY_MODEL } from './reference';

const SUBJECTS = ['The garden', 'A wall', 'The north side', 'Every bean', 'Our plan', 'The winter'];
const VERBS = ['grows', 'keeps', 'needs', 'follows', 'rests with', 'waters'];
const OBJECTS = ['the wind', 'peas in spring', 'the next plan', 'a small summer', 'the evening', 'what grows there'];

/** Documents whose sentences are built alike, so that even a tiny model learns something of them. */
export function writeWorkspace(folder: string, documents: number, seed = 1): void {
  mkdirSync(folder, { recursive: true });
  const random = seededRandom(seed);
  const pick = (words: readonly string[]): string => words[Math.floor(random() * words.length)]!;
  for (let i = 0; i < documents; i++) {
    const paragraphs = Array.from({ length: 4 }, () =>
      Array.from({ length: 5 }, () => `${pick(SUBJECTS)} ${pick(VERBS)} ${pick(OBJECTS)}.`).join(' '),
    );
    writeFileSync(join(folder, `page-${i}.md`), `# Page ${i}: ${pick(OBJECTS)}\n\n${paragraphs.join('\n\n')}\n`);
  }
}

export function jobOptions(root: string, changes: Partial<JobOptions> = {}): JobOptions {
  return {
    baseFolder: TINY_MODEL,
    storeFolder: join(root, 'store'),
    folders: [{ path: join(root, 'workspace'), exclude: [] }],
    include: [],
    mode: 'full',
    device: 'cpu',
    runtime: 'auto',
    threads: 1,
    minutes: 30,
    seed: 1,
    ...changes,
  };
}
