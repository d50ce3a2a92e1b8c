import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';

const root = join(import.meta.dirname, '../../..');

/** Builds a program that may import from src/, to be run as a process of its own. @returns its path, once a test runs */
export function useProgramOf(source: string): { readonly path: string } {
  const folder = mkdtempSync(join(tmpdir(), 'planwright-program-'));
  const path = join(folder, 'program.mjs');
  beforeAll(async () => {
    await build({
      stdin: { contents: source, resolveDir: join(root, 'src'), loader: 'ts' },
      outfile: path,
      bundle: true,
      platform: 'node',
      format: 'esm',
      banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
      logLevel: 'error',
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return { path };
}
