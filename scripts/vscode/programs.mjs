// Programs of this machine that run the extension: desktop VS Code and a Chromium.
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** The first program of these names on the PATH. */
function onPath(...names) {
  const endings = process.platform === 'win32' ? ['.cmd', '.exe'] : [''];
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return names
    .flatMap((name) => folders.flatMap((folder) => endings.map((ending) => join(folder, name + ending))))
    .find((path) => existsSync(path));
}

/**
 * Desktop VS Code: its command line, and the Electron program beside it that @vscode/test-electron wants. VSCODE in the environment names
 * the command line; an empty VSCODE says that the desktop one shall not be used.
 * @returns {{ commandLine: string, electron: string } | undefined}
 */
export function findDesktop() {
  const asked = process.env.VSCODE;
  if (asked === '') return undefined;
  if (asked !== undefined && !existsSync(asked)) throw new Error(`VSCODE=${asked} does not exist.`);
  const macApp = '/Applications/Visual Studio Code.app/Contents/Resources/app/bin/code';
  const commandLine = asked ?? onPath('code') ?? (existsSync(macApp) ? macApp : undefined);
  if (commandLine === undefined) return undefined;
  const bin = dirname(realpathSync(commandLine));
  // The last ones are for programs that VSCODE names directly.
  const candidates = {
    darwin: [
      join(bin, '..', '..', '..', 'MacOS', 'Electron'),
      join(bin, '..', '..', '..', 'MacOS', 'Code'),
      join(bin, 'Electron'),
    ],
    win32: [join(bin, '..', 'Code.exe')],
    linux: [join(bin, '..', 'code'), ...(asked === undefined ? [] : [join(bin, 'code')])],
  };
  const electron = (candidates[process.platform] ?? []).find((path) => existsSync(path));
  // The `code` inside a code-server or a remote terminal has no Electron beside it: it is not a desktop VS Code.
  return electron === undefined ? undefined : { commandLine, electron };
}

/** A Chromium or Chrome; CHROMIUM in the environment names one. */
export function findChromium() {
  const asked = process.env.CHROMIUM;
  if (asked !== undefined && asked !== '') {
    if (!existsSync(asked)) throw new Error(`CHROMIUM=${asked} does not exist.`);
    return asked;
  }
  const macApps = ['Google Chrome', 'Chromium'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  return (
    onPath('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome') ??
    macApps.find((path) => existsSync(path))
  );
}

/** What Chromium needs: no request leaves the machine, and it starts where there is no user sandbox (containers, root). */
export const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  // Software OpenGL takes processor time that VS Code and the engine want; drawing without it takes less.
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--no-proxy-server',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];
