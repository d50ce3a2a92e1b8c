// `npm run bench [-- NAME…]`: builds and runs the programs test/bench/NAME.bench.ts, each of which prints its own medians.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, ensureInstalled } from './setup.mjs';

ensureInstalled();
const esbuild = await import('esbuild');
const { shared } = await import('./build.mjs');

const folder = join(ROOT, 'test', 'bench');
const wanted = process.argv.slice(2);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.slice(0, -'.bench.ts'.length))
  .filter((name) => wanted.length === 0 || wanted.includes(name));
if (names.length === 0) {
  console.error(`No such benchmark: ${wanted.join(', ')}`);
  process.exit(2);
}
// What drives a real VS Code finds its own files beside it; dist/bench lies as deep as test/bench, so that these paths hold there too.
const external = [...shared.external, 'playwright-core', '../../scripts/*'];
for (const name of names) {
  const outfile = join(ROOT, 'dist', 'bench', `${name}.mjs`);
  await esbuild.build({ ...shared, external, entryPoints: [join(folder, `${name}.bench.ts`)], outfile });
  console.log(`# ${name}`);
  const { status } = spawnSync(process.execPath, [outfile], { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) process.exitCode = 1;
}
