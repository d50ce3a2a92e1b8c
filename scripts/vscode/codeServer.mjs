// A real VS Code from npm for machines without the desktop one: code-server (workbench and node extension host) and the Node it needs, at
// exact versions, kept under .cache/vscode/VERSION.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ROOT } from '../setup.mjs';

/** Releases of code-server that are known to work here: the VS Code inside, and the Node that it needs. */
const RELEASES = {
  '4.139.1': { vscode: '1.139.1', node: '24.21.0', native: ['@vscode/spdlog', '@vscode/native-watchdog'] },
  // The lowest VS Code that the manifest's engine range admits. Its own dependencies download from GitHub unless they are replaced.
  '4.99.4': {
    vscode: '1.99.3',
    node: '20.20.2',
    native: ['@vscode/spdlog', 'native-watchdog', 'node-pty'],
    legacy: true,
  },
};
const LATEST = '4.139.1';
const RIPGREP = '@vscode/ripgrep-universal@1.18.0';

/** @typedef {{ version: string, vscode: string, node: string, entry: string }} CodeServer */

/**
 * Installs code-server where it is not there yet; CODE_SERVER in the environment chooses another release.
 * @returns {CodeServer}
 */
export function ensureCodeServer() {
  const version = process.env.CODE_SERVER ?? LATEST;
  const release = RELEASES[version];
  if (release === undefined) {
    throw new Error(`CODE_SERVER=${version} is not known here; known are ${Object.keys(RELEASES).join(', ')}.`);
  }
  if (process.platform === 'win32') {
    throw new Error('There is no code-server for Windows: install VS Code, so that `code` is on the PATH.');
  }
  const folder = join(ROOT, '.cache', 'vscode', version);
  if (!existsSync(join(folder, '.ok'))) install(version, release, folder);
  return {
    version,
    vscode: release.vscode,
    node: nodeProgram(folder),
    entry: join(folder, 'node_modules', 'code-server', 'out', 'node', 'entry.js'),
  };
}

/** Name of the npm package that holds Node's program for this machine. */
const nodePackage = () => `node-${process.platform}-${process.arch}`;
const nodeProgram = (folder) => join(folder, 'node_modules', nodePackage(), 'bin', 'node');

/** Installed aside and renamed: an install that was interrupted is never taken for a whole one. */
function install(version, release, folder) {
  process.stderr.write(`planwright: installing VS Code ${release.vscode} (code-server ${version}) from npm, once…\n`);
  const began = performance.now();
  const aside = `${folder}.${process.pid}`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  writeFileSync(
    join(aside, 'package.json'),
    JSON.stringify({ private: true, dependencies: { 'code-server': version, [nodePackage()]: release.node } }),
  );
  // No install scripts: they want a compiler, and download from hosts other than the registry.
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  npm(['install', ...quiet], aside, aside);
  const server = join(aside, 'node_modules', 'code-server');
  const inner = join(server, 'lib', 'vscode');
  npm(['install', '--omit=dev', ...quiet], inner, aside);
  npm(['install', '--omit=dev', ...quiet], join(inner, 'extensions'), aside);
  if (release.legacy) replaceDownloads(server, inner, aside, quiet);
  // Compiled addons are for log files and a quiet log; without a compiler everything else works.
  if (!tryNpm(['rebuild', ...release.native, '--loglevel=silent'], inner, aside)) {
    process.stderr.write('planwright: no C++ compiler found, so this VS Code keeps no log files.\n');
  }
  writeFileSync(join(aside, '.ok'), '');
  if (existsSync(join(folder, '.ok'))) {
    rmSync(aside, { recursive: true, force: true }); // Another process was faster.
  } else {
    rmSync(folder, { recursive: true, force: true });
    renameSync(aside, folder);
  }
  process.stderr.write(`planwright: installed in ${((performance.now() - began) / 1000).toFixed(0)} s.\n`);
}

/** What old releases lack without their install scripts. */
function replaceDownloads(server, inner, aside, quiet) {
  npm(['rebuild', 'argon2', '--loglevel=error'], server, aside);
  for (const folder of [inner, join(inner, 'extensions')]) {
    const link = join(folder, 'node_modules.asar');
    if (!existsSync(link)) symlinkSync('node_modules', link);
  }
  npm(['install', '--no-save', RIPGREP, ...quiet], aside, aside);
  const program = join(
    aside,
    'node_modules',
    '@vscode',
    'ripgrep-universal',
    'bin',
    `${process.platform}-${process.arch}`,
    'rg',
  );
  const link = join(inner, 'node_modules', '@vscode', 'ripgrep', 'bin', 'rg');
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(relative(dirname(link), program), link);
}

function npm(args, cwd, aside) {
  if (tryNpm(args, cwd, aside)) return;
  throw new Error(
    `npm ${args.join(' ')} failed in ${cwd}. VS Code for tests comes from the npm registry: is it reachable?`,
  );
}

/** Runs npm for the installed Node: addons are compiled against its headers, whatever Node runs this script. */
function tryNpm(args, cwd, aside) {
  const home = join(aside, 'node_modules', nodePackage());
  const env = { ...process.env, npm_config_yes: 'true' };
  if (existsSync(home)) {
    env.PATH = `${join(home, 'bin')}:${process.env.PATH ?? ''}`;
    env.npm_config_nodedir = home;
  }
  return spawnSync('npm', args, { cwd, env, stdio: ['ignore', 2, 2] }).status === 0;
}
