// Bundles the command line (src/cli/main.ts) to dist/planwright.mjs.
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
  // Dependencies in CommonJS call require for Node's builtins, which a module does not have.
  banner: {
    js: "import { createRequire as planwrightRequire } from 'node:module';\nconst require = planwrightRequire(import.meta.url);",
  },
};

export async function build() {
  // Written aside and renamed: two commands started at once never see half a program.
  const aside = `${PROGRAM}.${process.pid}`;
  await esbuild.build({
    ...shared,
    entryPoints: [join(ROOT, 'src', 'cli', 'main.ts')],
    outfile: aside,
    sourcemap: 'inline',
    sourcesContent: false,
  });
  renameSync(aside, PROGRAM);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
