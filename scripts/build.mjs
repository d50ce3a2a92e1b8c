// Bundles the programs: the command line (src/cli/main.ts) to dist/planwright.mjs, the engine process (src/engine/main.ts) to dist/engine.mjs, the
// training process (src/engine/training/main.ts) to dist/training.mjs, the extension (src/extension.ts) to dist/extension.cjs.
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { PROGRAM, ROOT } from './setup.mjs';

/** Options that every bundle of the project shares. */
export const shared = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  logLevel: 'warning',
  // A native addon finds its libraries beside its own files: it cannot be bundled.
  external: ['onnxruntime-node'],
  // Dependencies in CommonJS call require for Node's builtins and read their own path, which a module does not have.
  banner: {
    js: [
      "import { createRequire as planwrightRequire } from 'node:module';",
      "import { fileURLToPath as planwrightPath } from 'node:url';",
      'const require = planwrightRequire(import.meta.url);',
      'const __filename = planwrightPath(import.meta.url);',
    ].join('\n'),
  },
};

/** The extension runs in VS Code's extension host, which gives it `vscode` and loads CommonJS. */
export const extension = { ...shared, format: 'cjs', external: ['vscode'], banner: {} };

/** Bundles one program. Written aside and renamed: two commands started at once never see half of it. */
export async function bundle(entry, outfile, options = shared) {
  const aside = `${outfile}.${process.pid}`;
  await esbuild.build({ ...options, entryPoints: [entry], outfile: aside, sourcemap: 'inline', sourcesContent: false });
  renameSync(aside, outfile);
}

export async function build() {
  await bundle(join(ROOT, 'src', 'engine', 'main.ts'), join(ROOT, 'dist', 'engine.mjs'));
  await bundle(join(ROOT, 'src', 'engine', 'training', 'main.ts'), join(ROOT, 'dist', 'training.mjs'));
  await bundle(join(ROOT, 'src', 'extension.ts'), join(ROOT, 'dist', 'extension.cjs'), extension);
  // Last: by it `ensureBuilt` tells whether all of them are up to date.
  await bundle(join(ROOT, 'src', 'cli', 'main.ts'), PROGRAM);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
