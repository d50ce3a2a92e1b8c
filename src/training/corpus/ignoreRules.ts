import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** As git's core.ignoreCase on the file systems of these platforms. */
const IGNORES_CASE = process.platform === 'win32' || process.platform === 'darwin';

/**
 * What .gitignore files say of the paths below a folder, with git's semantics: a deeper file overrules those above it, the last rule that matches
 * decides, and nothing within an ignored folder comes back. Rules of deeper files are rewritten as rules of the topmost folder, so that one
 * list in git's order decides.
 */
export class IgnoreRules {
  private constructor(
    /** The folder that `rules` are relative to. */
    private readonly origin: string,
    private readonly rules: Ignore,
  ) {}

  /**
   * The rules that hold where a walk begins: those of the repository that the folder is in. A folder that these ignore was opened on purpose:
   * then they do not count.
   */
  static async above(folder: string): Promise<IgnoreRules> {
    const path = repositoryPath(folder);
    if (path === undefined) return IgnoreRules.none(folder);
    let rules = IgnoreRules.none(path[0]!);
    rules = rules.with(path[0]!, await readRules(join(path[0]!, '.git', 'info', 'exclude')));
    for (const parent of path.slice(0, -1)) rules = rules.with(parent, await readRules(join(parent, '.gitignore')));
    return folder !== path[0] && rules.ignores(folder, true) ? IgnoreRules.none(folder) : rules;
  }

  /** The rules within a folder: what its own .gitignore says is added, and a repository within starts anew. */
  async within(folder: string, names: ReadonlySet<string>): Promise<IgnoreRules> {
    let rules = this as IgnoreRules;
    if (names.has('.git') && folder !== this.origin) {
      rules = IgnoreRules.none(folder).with(folder, await readRules(join(folder, '.git', 'info', 'exclude')));
    }
    return names.has('.gitignore') ? rules.with(folder, await readRules(join(folder, '.gitignore'))) : rules;
  }

  ignores(path: string, isFolder: boolean): boolean {
    const name = slashed(relative(this.origin, path));
    return this.rules.ignores(isFolder ? `${name}/` : name);
  }

  private static none(origin: string): IgnoreRules {
    return new IgnoreRules(origin, ignore({ ignorecase: IGNORES_CASE }));
  }

  /** These rules and, after them, those of a file in `folder`. */
  private with(folder: string, lines: readonly string[]): IgnoreRules {
    if (lines.length === 0) return this;
    const base = slashed(relative(this.origin, folder));
    const rules = ignore({ ignorecase: IGNORES_CASE }).add(this.rules);
    return new IgnoreRules(this.origin, rules.add(base === '' ? lines : lines.map((line) => rebased(line, base))));
  }
}

/** Folders from the root of the repository down to `folder`, both included; undefined where it is in none. */
function repositoryPath(folder: string): string[] | undefined {
  const path: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    path.unshift(at);
    if (existsSync(join(at, '.git'))) return path;
    if (dirname(at) === at) return undefined;
  }
}

/** Rules in a file, without comments and those that name nothing; none where it cannot be read, as for git. */
async function readRules(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => !/^(?:#|!?\/?\s*$)/.test(line));
}

/** A rule of a .gitignore in `base` as a rule of the folder that `base` is relative to. */
function rebased(rule: string, base: string): string {
  const negative = rule.startsWith('!');
  const pattern = negative ? rule.slice(1) : rule;
  // With a slash that is not its last character a pattern is anchored at its own folder; without, it is for all below.
  const anchored = /\/(?=\s*[^\s])/.test(pattern);
  const place = base.replace(/[\\*?[\]]/g, '\\$&');
  return `${negative ? '!' : ''}/${place}/${anchored ? pattern.replace(/^\//, '') : `**/${pattern}`}`;
}

function slashed(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/');
}
