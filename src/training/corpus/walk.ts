import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import picomatch from 'picomatch';
import { checkpoint } from '../../writing/cancellation';
import { IgnoreRules } from './ignoreRules';
import type { SkippedFile } from './survey';

/** A file that the globs ask for and nothing rules out. */
export interface FoundFile {
  /** Below the folder as it was given. */
  readonly path: string;
  readonly folder: string;
  /** Path in the folder, with slashes: the file's name wherever the folder lies. */
  readonly name: string;
  readonly bytes: number;
}

/** A folder of documents. */
export interface DocumentFolder {
  /** Absolute. */
  readonly path: string;
  /** Globs of files and folders to leave out, relative to this folder. */
  readonly exclude: readonly string[];
}

export interface WalkOptions {
  readonly folders: readonly DocumentFolder[];
  /** Globs of the files to read, relative to each folder. */
  readonly include: readonly string[];
}

export interface Walk {
  readonly files: readonly FoundFile[];
  readonly skipped: readonly SkippedFile[];
}

/** Folders of version control, packages and caches: never a writer's, often huge. What a build puts elsewhere .gitignore names. */
const NEVER_ENTERED = new Set([
  ...['.git', '.hg', '.svn', '.jj', '.bzr', '_darcs', 'CVS'],
  ...['node_modules', 'bower_components', 'jspm_packages', 'site-packages', '__pycache__'],
  ...['.venv', '.tox', '.nox', '.cache', '.yarn', '.pnpm-store', '.npm', '.gradle', '.mypy_cache', '.pytest_cache'],
]);

const IGNORES_CASE = process.platform === 'win32' || process.platform === 'darwin';

/**
 * Finds the files below folders that match the include globs and neither its exclude globs nor .gitignore files. Symbolic links are not followed (what they name is found at its own place, or is outside), so there are no loops. A file in two of the
 * folders is found in the outer one. Of files only those that the include globs ask for are reported as skipped; a folder that is ignored or
 * excluded is reported as one. What vanishes or may not be read is skipped.
 * @throws {CancelledError}
 */
export async function walk(options: WalkOptions, signal?: AbortSignal): Promise<Walk> {
  const wanted = matcher(options.include, true);
  const files: FoundFile[] = [];
  const skipped: SkippedFile[] = [];
  const entered = new Set<string>();
  for (const { folder, exclude, real } of await roots(options.folders, skipped)) {
    const unwanted = matcher(exclude, IGNORES_CASE);
    const waiting = [{ name: '', rules: await IgnoreRules.above(real) }];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      await checkpoint(signal);
      const here = join(real, at.name);
      if (entered.has(here)) continue;
      entered.add(here);
      const entries = await readdir(here, { withFileTypes: true }).catch(() => undefined);
      if (entries === undefined) {
        skipped.push({ path: join(folder, at.name), reason: 'unreadable' });
        continue;
      }
      entries.sort((a, b) => (a.name < b.name ? -1 : 1));
      const rules = await at.rules.within(here, new Set(entries.map(({ name }) => name)));
      for (const entry of entries) {
        const name = at.name === '' ? entry.name : `${at.name}/${entry.name}`;
        const path = join(folder, name);
        const isFolder = entry.isDirectory();
        if (isFolder ? NEVER_ENTERED.has(entry.name) : !entry.isFile() || !wanted(name)) continue;
        if (unwanted(name)) skipped.push({ path, reason: 'excluded' });
        else if (rules.ignores(join(here, entry.name), isFolder)) skipped.push({ path, reason: 'ignored' });
        else if (isFolder) waiting.push({ name, rules });
        else await found(entry, { path, folder, name }, files, skipped);
      }
    }
  }
  return { files, skipped };
}

async function found(
  entry: Dirent,
  file: Omit<FoundFile, 'bytes'>,
  files: FoundFile[],
  skipped: SkippedFile[],
): Promise<void> {
  const status = await stat(join(entry.parentPath, entry.name)).catch(() => undefined);
  if (status) files.push({ ...file, bytes: status.size });
  else skipped.push({ path: file.path, reason: 'unreadable' });
}

/** The folders, each once and outer ones before inner ones. */
async function roots(
  folders: readonly DocumentFolder[],
  skipped: SkippedFile[],
): Promise<{ readonly folder: string; readonly exclude: readonly string[]; readonly real: string }[]> {
  const found: { folder: string; exclude: readonly string[]; real: string }[] = [];
  for (const { path, exclude } of folders) {
    const real = await realpath(path).catch(() => undefined);
    if (real === undefined) skipped.push({ path, reason: 'unreadable' });
    else found.push({ folder: path, exclude, real });
  }
  return found.sort((a, b) => (a.real < b.real ? -1 : a.real > b.real ? 1 : 0));
}

/** Whether a path in a folder, or the folder itself, matches one of the globs. Names that begin with a dot are as any others, as for VS Code. */
function matcher(globs: readonly string[], nocase: boolean): (name: string) => boolean {
  if (globs.length === 0) return () => false;
  return picomatch(
    globs.map((glob) => glob.replace(/^\.?\//, '').replace(/\/$/, '')),
    { dot: true, nocase },
  );
}
