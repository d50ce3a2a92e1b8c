// Starts and stops a VS Code server on 127.0.0.1 with folders of its own, and installs extensions into it.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureCodeServer } from './codeServer.mjs';

/** A quiet window: nothing that takes the focus, covers the text or asks the network. */
const SETTINGS = {
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'files.autoSave': 'off',
  'git.enabled': false,
  'npm.fetchOnlinePackageInfo': false,
  'editor.wordWrap': 'on',
};

const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 5_000;

/** Own folders of one server. Removed by `remove`. */
export function temporaryHome(settings = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'planwright-'));
  const user = join(folder, 'data', 'User');
  mkdirSync(user, { recursive: true });
  mkdirSync(join(folder, 'extensions'));
  writeFileSync(join(user, 'settings.json'), JSON.stringify({ ...SETTINGS, ...settings }, null, 2));
  return {
    folder,
    settingsFile: join(user, 'settings.json'),
    extensions: join(folder, 'extensions'),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }),
  };
}

function environment(home, extra) {
  // NODE_OPTIONS and VS Code's own variables are those of whoever called us, perhaps of another VS Code's terminal.
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$)/.test(name));
  return {
    ...Object.fromEntries(inherited),
    EXTENSIONS_GALLERY: '{}',
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'share'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_RUNTIME_DIR: home,
    ...extra,
  };
}

function folders(home, extensions) {
  return ['--user-data-dir', join(home, 'data'), '--extensions-dir', extensions];
}

/** Installs a VSIX into a folder of extensions, as a user would. */
export function installVsix(vsix, home, extensions = home.extensions) {
  const { node, entry } = ensureCodeServer();
  const args = [entry, ...folders(home.folder, extensions), '--install-extension', vsix, '--force'];
  const { status, stdout, stderr } = spawnSync(node, args, { env: environment(home.folder, {}), encoding: 'utf8' });
  if (status !== 0 || !/successfully installed/.test(stdout)) {
    throw new Error(`${vsix} cannot be installed (exit code ${status}):\n${stdout}${stderr}`);
  }
  return stdout;
}

/**
 * @param {object} options
 * @param {ReturnType<typeof temporaryHome>} options.home
 * @param {string} [options.extensions] folder of extensions, where it is not the home's own
 * @param {Record<string, string>} [options.env] seen by the extension host
 * @param {boolean} [options.testDriver] lets the page start a development extension and its tests; mutes notifications
 */
export async function startServer({ home, extensions = home.extensions, env = {}, testDriver = false }) {
  const { node, entry, version } = ensureCodeServer();
  const args = [
    ...['--import', new URL('endWithOwner.mjs', import.meta.url).href],
    entry,
    ...folders(home.folder, extensions),
    ...['--bind-addr', '127.0.0.1:0', '--auth', 'none'],
    ...[
      '--disable-telemetry',
      '--disable-update-check',
      '--disable-workspace-trust',
      '--disable-getting-started-override',
    ],
    // Releases before 1.133 start development extensions without being asked, and do not know the option.
    ...(testDriver && !version.startsWith('4.99') ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
  ];
  const child = spawn(node, args, {
    env: environment(home.folder, { PLANWRIGHT_OWNER: String(process.pid), ...env }),
    cwd: home.folder,
    stdio: ['pipe', 'pipe', 'pipe'],
    // A process group of its own: stopping it leaves none of its children behind.
    detached: true,
  });
  let output = '';
  let found;
  const ended = new Promise((resolve) => child.once('close', resolve));
  const address = await new Promise((resolve, reject) => {
    const fail = (why) => {
      if (found !== undefined) return;
      signalGroup(child.pid, 'SIGKILL');
      reject(new Error(`VS Code's server ${why}:\n${output}`));
    };
    const timer = setTimeout(() => fail('did not start in time'), START_TIMEOUT_MS);
    child.once('error', (error) => fail(`cannot be started: ${error.message}`));
    child.once('close', (code) => fail(`ended (exit code ${code})`));
    const read = (chunk) => {
      output += chunk;
      found ??= /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(output)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
  });
  return {
    address,
    pid: child.pid,
    output: () => output,
    ended,
    /** Ends the server, its extension hosts and what these started. */
    async stop() {
      signalGroup(child.pid, 'SIGTERM');
      const timer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), STOP_TIMEOUT_MS);
      await ended;
      clearTimeout(timer);
      // Whoever ignored the first signal and outlived the leader.
      signalGroup(child.pid, 'SIGKILL');
    },
  };
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // The whole group has ended.
  }
}

/** The address of the workbench with a folder and, opened in it, files; `payload` holds further entries for the workbench. */
export function workbenchAddress(address, folder, files = [], payload = []) {
  const host = new URL(address).host;
  const entries = [...files.map((file) => ['openFile', remote(host, file)]), ...payload];
  const query = entries.length > 0 ? `&payload=${encodeURIComponent(JSON.stringify(entries))}` : '';
  return `${address}/?folder=${encodeURIComponent(folder)}${query}`;
}

/** How the workbench names a file on the server. */
export const remote = (host, path) => `vscode-remote://${host}${encodeURI(path)}`;
