// `npm test`: formatting, lint, types, build and unit tests, each run even where an earlier one failed. The last line counts the tests.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, ensureInstalled } from './setup.mjs';

ensureInstalled();

const report = join(ROOT, '.cache', 'unit-tests.json');
mkdirSync(join(ROOT, '.cache'), { recursive: true });
rmSync(report, { force: true });

const modules = join(ROOT, 'node_modules');
const steps = [
  ['prettier', join(modules, 'prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.'],
  ['eslint', join(modules, 'eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0'],
  ['tsc', join(modules, 'typescript', 'bin', 'tsc'), '--noEmit'],
  ['build', join(ROOT, 'scripts', 'build.mjs')],
  [
    'vitest',
    join(modules, 'vitest', 'vitest.mjs'),
    'run',
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ],
];

// Colour only where a person looks: a log of CI is unreadable with it.
const env = process.stdout.isTTY ? process.env : { ...process.env, NO_COLOR: '1' };
const failed = [];
for (const [name, ...command] of steps) {
  const began = performance.now();
  const { status } = spawnSync(process.execPath, command, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (status !== 0) failed.push(name);
}

let counts = { numPassedTests: 0, numFailedTests: 0, numFailedTestSuites: 0, numPendingTests: 0, numTodoTests: 0 };
try {
  counts = JSON.parse(readFileSync(report, 'utf8'));
} catch {
  console.log('The unit tests wrote no report: they did not run to their end.');
  if (!failed.includes('vitest')) failed.push('vitest');
}
if (failed.length > 0) console.log(`Failed steps: ${failed.join(', ')}`);
const skipped = counts.numPendingTests + counts.numTodoTests;
console.log(
  `${counts.numPassedTests} passed, ${counts.numFailedTests} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
);
process.exit(failed.length > 0 || counts.numFailedTests > 0 || counts.numPassedTests === 0 ? 1 : 0);
