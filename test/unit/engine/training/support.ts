import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type BuildOptions } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';
import { TrainingClient } from '../../../../src/engine/training/client';
import type { JobOptions, TrainingProgress } from '../../../../src/engine/training/protocol';
import type { TrainingRun } from '../../../../src/engine/training/training';

const root = join(import.meta.dirname, '../../../..');

/** Builds the real training program around the fake job. @returns its path, and a folder for stores, once a test runs */
export function useProgram(): { readonly program: string; readonly folder: string } {
  let folder = '';
  beforeAll(async () => {
    mkdirSync(join(root, '.cache'), { recursive: true });
    folder = mkdtempSync(join(root, '.cache', 'training-test-'));
    // As the product is built, so that what a bundle lacks is missed here.
    const { shared } = (await import(pathToFileURL(join(root, 'scripts', 'build.mjs')).href)) as {
      shared: BuildOptions;
    };
    await build({
      ...shared,
      entryPoints: [join(root, 'src', 'engine', 'training', 'main.ts')],
      outfile: join(folder, 'training.mjs'),
      sourcemap: false,
      plugins: [
        {
          name: 'fake job',
          setup: (bundle) => {
            bundle.onResolve({ filter: /\/training\/(job|jobSurvey)$/ }, () => ({
              path: join(import.meta.dirname, 'fakeJob.ts'),
            }));
          },
        },
      ],
      logLevel: 'error',
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    get program() {
      return join(folder, 'training.mjs');
    },
    get folder() {
      return folder;
    },
  };
}

const clients: TrainingClient[] = [];

/** A client and what it logged; it is disposed at the end of the test file. */
export function clientOf(program: string, execPath?: string): { training: TrainingClient; lines: string[] } {
  const lines: string[] = [];
  const training = new TrainingClient({
    program,
    log: (level, message) => lines.push(`${level}: ${message}`),
    ...(execPath !== undefined && { execPath }),
  });
  clients.push(training);
  return { training, lines };
}

export function disposeAll(): void {
  for (const client of clients.splice(0)) client.dispose();
}

export const optionsOf = (store: string, what: string): JobOptions => ({
  baseFolder: '/starter',
  storeFolder: store,
  folders: [{ path: what, exclude: [] }],
  include: [],
  mode: 'full',
  device: 'cpu',
  runtime: 'auto',
  minutes: 1,
  seed: 1,
});

/** A run whose progress can be waited for. */
export class WatchedRun {
  readonly run: TrainingRun;
  readonly progress: TrainingProgress[] = [];
  private readonly waiting = new Set<() => void>();

  constructor(training: TrainingClient, options: JobOptions) {
    this.run = training.run(options, (progress) => {
      this.progress.push(progress);
      for (const wake of [...this.waiting]) wake();
    });
    // A test that wants to know of the failure waits for it.
    this.run.report.catch(() => undefined);
  }

  /** Resolves with the next progress from now on that is as wanted. */
  async next(wanted: (progress: TrainingProgress) => boolean = () => true): Promise<TrainingProgress> {
    for (let seen = this.progress.length; ;) {
      await new Promise<void>((resolve, reject) => {
        this.waiting.add(resolve);
        this.run.report.then(() => reject(new Error('The run is over.')), reject);
      });
      const found = this.progress.slice(seen).find(wanted);
      if (found) return found;
      seen = this.progress.length;
    }
  }

  /** Of its process. */
  async pid(): Promise<number> {
    return (await this.next()).tokensPerSecond;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
