import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ROOT } from '../../scripts/setup.mjs';
import { installVsix, temporaryHome } from '../../scripts/vscode/server.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of extensions in which the packed extension is installed. */
    readonly extensions: string;
    /** The packed extension itself. */
    readonly vsix: string;
  }
}

/** Packs the extension and installs it, as a user's VS Code would, into a folder that any number of servers can share. */
export function installPacked(): { readonly vsix: string; readonly extensions: string; readonly remove: () => void } {
  const home = temporaryHome();
  const folder = join(home.folder, 'package');
  execFileSync(process.execPath, [join(ROOT, 'scripts', 'package.mjs'), '--out', folder], { stdio: 'pipe' });
  const vsix = join(folder, readdirSync(folder)[0]!);
  installVsix(vsix, home);
  return { vsix, extensions: home.extensions, remove: () => home.remove() };
}

export default function setup(project: TestProject): () => void {
  const { vsix, extensions, remove } = installPacked();
  project.provide('vsix', vsix);
  project.provide('extensions', extensions);
  return remove;
}
