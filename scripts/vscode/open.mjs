// `npm start`: a real VS Code with the extension, on a copy of samples/.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stage, THIS_MACHINE } from '../package.mjs';
import { ROOT } from '../setup.mjs';
import { ensureCodeServer } from './codeServer.mjs';
import { findDesktop } from './programs.mjs';
import { startServer, temporaryHome, workbenchAddress } from './server.mjs';

/** Git-ignored, so that one may write in them as one likes. */
const SAMPLES = join(ROOT, '.cache', 'samples');
const FIRST = 'Start here.md';

export async function openEditor() {
  if (!existsSync(SAMPLES)) cpSync(join(ROOT, 'samples'), SAMPLES, { recursive: true });
  const desktop = findDesktop();
  if (desktop) openDesktop(desktop);
  else await serve();
}

const KEPT = `What you write is kept in ${relative(ROOT, SAMPLES)}; without that folder you get the samples anew.`;

function openDesktop({ commandLine }) {
  const windows = process.platform === 'win32';
  const args = [`--extensionDevelopmentPath=${ROOT}`, '--new-window', SAMPLES, '--goto', join(SAMPLES, FIRST)];
  // A .cmd needs the shell on Windows, and the shell needs the quotes.
  const child = windows
    ? spawn(
        `"${commandLine}"`,
        args.map((arg) => `"${arg}"`),
        { shell: true, stdio: 'inherit' },
      )
    : spawn(commandLine, args, { stdio: 'inherit' });
  child.once('error', (error) => {
    console.error(`planwright: ${commandLine} cannot be started: ${error.message}`);
    process.exitCode = 1;
  });
  console.log(`Planwright opens in VS Code (${commandLine}).\n${KEPT}`);
}

async function serve() {
  const { vscode } = ensureCodeServer();
  const home = temporaryHome();
  let server;
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await server?.stop();
    home.remove();
    process.exit();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop());

  const { publisher, name, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  await stage(THIS_MACHINE, join(home.extensions, `${publisher}.${name}-${version}`));
  server = await startServer({ home });
  const address = workbenchAddress(server.address, SAMPLES, [join(SAMPLES, FIRST)]);
  console.log(
    `Planwright runs in VS Code ${vscode}. Open in a browser on this machine:\n\n  ${address}\n\n${KEPT}\nCtrl-C stops it.`,
  );
  await server.ended;
  if (stopping) return;
  console.error(`planwright: VS Code's server has ended.\n${server.output().slice(-2000)}`);
  process.exitCode = 1;
  await stop();
}
