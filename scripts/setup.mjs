// What `npm start`, `npm test` and `npm run bench` need before they can work. Node's builtins only: it runs before the install.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
export const PROGRAM = join(ROOT, 'dist', 'planwright.mjs');

/** npm writes its own record a moment before package-lock.json, so equal within this many milliseconds counts as up to date. */
const LOCK_TOLERANCE_MS = 10_000;

/** Modification time in ms; 0 where there is no such file. */
const modified = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Installs the dependencies where they are missing or older than package-lock.json. Ends the process when npm fails. */
export function ensureInstalled() {
  const installed = modified(join(ROOT, 'node_modules', '.package-lock.json'));
  if (installed > 0 && installed + LOCK_TOLERANCE_MS >= modified(join(ROOT, 'package-lock.json'))) return;
  process.stderr.write('planwright: installing dependencies (once)…\n');
  // npm's words go to stderr, so that stdout stays the program's. Nothing needs its install script, and some fetch libraries of hundreds of megabytes from elsewhere.
  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) {
    process.stderr.write(`planwright: npm ci failed (${npm.error?.message ?? `exit code ${npm.status}`}).\n`);
    process.exit(1);
  }
}

/** The newest modification time under a folder. */
function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) latest = Math.max(latest, modified(join(entry.parentPath ?? entry.path, entry.name)));
  }
  return latest;
}

/** Builds dist/planwright.mjs where a source, the build script or the dependencies are newer than it. */
export async function ensureBuilt() {
  const built = modified(PROGRAM);
  const inputs = ['package.json', 'scripts/build.mjs', 'node_modules/.package-lock.json'].map((name) =>
    join(ROOT, name),
  );
  if (existsSync(PROGRAM) && built >= Math.max(newest(join(ROOT, 'src')), ...inputs.map(modified))) return;
  const { build } = await import('./build.mjs');
  await build();
}
