// `npm test`: formatting, lint, types, build, unit tests, the suite in a real extension host and the end-to-end tests in a real workbench, each run
// even where an earlier one failed. The last line counts the tests.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, ensureInstalled } from './setup.mjs';
import { findChromium, findDesktop } from './vscode/programs.mjs';

ensureInstalled();

const cache = join(ROOT, '.cache');
mkdirSync(cache, { recursive: true });
const modules = join(ROOT, 'node_modules');
const tsc = join(modules, 'typescript', 'bin', 'tsc');
// Colour only where a person looks: a log of CI is unreadable with it.
const env = process.stdout.isTTY ? process.env : { ...process.env, NO_COLOR: '1' };
const failedSteps = [];
const total = { passed: 0, failed: 0, skipped: 0 };

check('prettier', join(modules, 'prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.');
check('eslint', join(modules, 'eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0');
check('tsc', tsc, '--noEmit');
check('tsc of test/e2e', tsc, '--noEmit', '-p', join('test', 'e2e'));
check('build', join(ROOT, 'scripts', 'build.mjs'));
vitest('unit tests', 'vitest.config.ts');
const chromium = findChromium();
if (chromium || findDesktop()) await hostSuite();
else skip('extension host suite', join('test', 'host'));
if (chromium) vitest('end-to-end tests', join('test', 'e2e', 'vitest.config.ts'));
else skip('end-to-end tests', join('test', 'e2e'));

if (failedSteps.length > 0) console.log(`Failed steps: ${failedSteps.join(', ')}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(failedSteps.length > 0 || total.failed > 0 || total.passed === 0 ? 1 : 0);

/** Runs one step, a program for Node; true where it succeeded. */
function check(name, ...command) {
  const began = performance.now();
  const { status } = spawnSync(process.execPath, command, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] });
  return told(name, began, status === 0);
}

function told(name, began, succeeded, note = '') {
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${succeeded ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)${note && `: ${note}`}`);
  if (!succeeded) failedSteps.push(name);
  return succeeded;
}

function count({ passed, failed, skipped }) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}

function vitest(name, config) {
  const report = join(cache, 'vitest.json');
  rmSync(report, { force: true });
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  const succeeded = check(name, join(modules, 'vitest', 'vitest.mjs'), 'run', '--config', config, ...reporters);
  try {
    const counts = JSON.parse(readFileSync(report, 'utf8'));
    const [passed, failed] = [counts.numPassedTests, counts.numFailedTests];
    count({ passed, failed, skipped: counts.numPendingTests + counts.numTodoTests });
  } catch {
    console.log(`The ${name} wrote no report: they did not run to their end.`);
    if (succeeded) failedSteps.push(name);
  }
}

async function hostSuite() {
  const { runHostSuite } = await import('./vscode/hostSuite.mjs');
  const began = performance.now();
  const counts = await runHostSuite().catch((error) => ({ passed: 0, failed: 0, skipped: 0, problem: error.message }));
  count(counts);
  told('extension host suite', began, counts.failed === 0 && counts.problem === undefined, counts.problem);
}

/** Without a browser; on CI that is a failure, for there these tests are what must not be left out. */
function skip(name, folder) {
  const files = readdirSync(join(ROOT, folder)).filter((file) => /\.(test|e2e)\.ts$/.test(file));
  const tests = files.flatMap((file) => readFileSync(join(ROOT, folder, file), 'utf8').match(/^\s*it\(/gm) ?? []);
  total.skipped += tests.length;
  console.log(`skipped ${name}: no Chromium or Chrome was found (CHROMIUM=/path/to/it names one).`);
  if (process.env.CI) failedSteps.push(name);
}
