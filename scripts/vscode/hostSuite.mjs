// `node scripts/vscode/hostSuite.mjs`: runs the Mocha suite (test/host) inside a real extension host: of desktop VS Code where there is one, else of code-server in a headless Chromium.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT, ensureInstalled } from '../setup.mjs';
import { CHROMIUM_ARGUMENTS, findChromium, findDesktop } from './programs.mjs';
import { remote, startServer, temporaryHome, workbenchAddress } from './server.mjs';

const SOURCES = join(ROOT, 'test', 'host');
const BUNDLES = join(ROOT, 'dist', 'test', 'host');
const REPORT = join(ROOT, '.cache', 'host-tests.json');
const SUITE_TIMEOUT_MS = 900_000;

/** @typedef {{ passed: number, failed: number, skipped: number, problem?: string }} Counts */

/** @returns {Promise<Counts>} */
export async function runHostSuite() {
  await bundleTests();
  rmSync(REPORT, { force: true });
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const home = temporaryHome();
  try {
    const workspace = join(home.folder, 'workspace');
    cpSync(join(SOURCES, 'workspace'), workspace, { recursive: true });
    const tests = join(BUNDLES, 'run.cjs');
    const env = { PLANWRIGHT_TEST_REPORT: REPORT };
    const desktop = findDesktop();
    const problem = desktop
      ? await inDesktop(desktop, { tests, workspace, env, home })
      : await inCodeServer({ tests, workspace, env, home });
    return counts(problem);
  } finally {
    home.remove();
  }
}

async function bundleTests() {
  const esbuild = await import('esbuild');
  rmSync(BUNDLES, { recursive: true, force: true });
  await esbuild.build({
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'warning',
    external: ['vscode', 'mocha'],
    entryPoints: readdirSync(SOURCES)
      .filter((name) => name === 'run.ts' || name.endsWith('.test.ts'))
      .map((name) => join(SOURCES, name)),
    outdir: BUNDLES,
    outExtension: { '.js': '.cjs' },
  });
}

/**
 * The exit code alone proves nothing: a host that is killed is reported as 0. So the suite writes a report at its very end, and without it, or with no
 * test in it, nothing has passed.
 * @returns {Counts}
 */
function counts(problem) {
  if (!existsSync(REPORT)) {
    return {
      passed: 0,
      failed: 0,
      skipped: 0,
      problem: problem ?? 'The suite wrote no report: it did not run to its end.',
    };
  }
  const { stats, tests } = JSON.parse(readFileSync(REPORT, 'utf8'));
  for (const { fullTitle, duration, err } of tests) {
    const failure = err.message === undefined ? '' : `\n${(err.stack ?? err.message).replace(/^/gm, '    ')}`;
    console.log(`${failure === '' ? '  ✓' : '  ✗'} ${fullTitle} (${duration ?? 0} ms)${failure}`);
  }
  const result = { passed: stats.passes, failed: stats.failures, skipped: stats.pending };
  if (result.passed + result.failed === 0) return { ...result, problem: problem ?? 'The suite holds no test.' };
  return { ...result, ...(problem !== undefined && result.failed === 0 && { problem }) };
}

async function inDesktop(desktop, { tests, workspace, env, home }) {
  const { runTests } = await import('@vscode/test-electron');
  try {
    await runTests({
      vscodeExecutablePath: desktop.electron,
      extensionDevelopmentPath: ROOT,
      extensionTestsPath: tests,
      extensionTestsEnv: env,
      launchArgs: [
        workspace,
        '--disable-extensions',
        '--disable-workspace-trust',
        ...['--user-data-dir', join(home.folder, 'data'), '--extensions-dir', home.extensions],
      ],
    });
    return undefined;
  } catch (error) {
    return `VS Code: ${error.message}`;
  }
}

async function inCodeServer({ tests, workspace, env, home }) {
  const server = await startServer({ home, env, testDriver: true });
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_ARGUMENTS });
  try {
    const page = await browser.newPage();
    const code = await new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve('no exit code in time'), SUITE_TIMEOUT_MS);
      timer.unref();
      server.ended.then(() => resolve('the server ended'));
      page.once('crash', () => resolve('the page crashed'));
      openWithTests(page, server, { tests, workspace, onExit: resolve }).catch(reject);
    });
    const crash = /Extension Host Process exited with code: (?!0, signal: (null|unknown)).*/.exec(server.output())?.[0];
    if (crash !== undefined) return crash;
    return code === 0 ? undefined : `VS Code's exit code: ${code}`;
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** Opens the workbench so that it loads the extension from this folder and runs `tests` in its host. */
async function openWithTests(page, server, { tests, workspace, onExit }) {
  // The two functions that VS Code's web workbench calls where they exist; @vscode/test-web does the same.
  await page.exposeFunction('codeAutomationLog', () => undefined);
  await page.exposeFunction('codeAutomationExit', onExit);
  const { host } = new URL(server.address);
  const payload = [
    ['extensionDevelopmentPath', remote(host, ROOT)],
    ['extensionTestsPath', remote(host, tests)],
    ['skipWelcome', 'true'],
  ];
  await page.goto(workbenchAddress(server.address, workspace, [], payload));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  ensureInstalled();
  if (process.argv.includes('--build-only')) await bundleTests();
  else {
    const { build } = await import('../build.mjs');
    await build();
    const { passed, failed, skipped, problem } = await runHostSuite();
    if (problem !== undefined) console.log(problem);
    console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
    process.exitCode = failed > 0 || problem !== undefined ? 1 : 0;
  }
}
