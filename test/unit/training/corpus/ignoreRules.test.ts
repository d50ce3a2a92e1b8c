import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { walk } from '../../../../src/training/corpus/walk';
import { temporaryFolders, writeFiles } from './folders';

const folder = temporaryFolders();

const QUIET = { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, env: QUIET, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

async function found(root: string): Promise<string[]> {
  const { files } = await walk({ folders: [{ path: root, exclude: [] }], include: ['**/*.md'] });
  return files.map(({ name }) => name).sort();
}

/** Files and rules over few names, so that they meet. */
const name = fc.constantFrom('a', 'b', 'docs', 'x y', '[c]');
const folderPath = fc.array(name, { maxLength: 3 }).map((parts) => parts.join('/'));
const file = fc
  .tuple(folderPath, fc.constantFrom('a.md', 'b.md', 'docs.md', '!n.md', '#h.md'))
  .map(([path, base]) => (path === '' ? base : `${path}/${base}`));
const pattern = fc.oneof(
  fc.constantFrom(
    '*',
    '*.md',
    '**',
    'a.md',
    '/a.md',
    '**/docs',
    'docs/**',
    'a/**/b.md',
    '[ab].md',
    '?',
    '\\!n.md',
    '\\#h.md',
    'x y/',
    '*/b.md',
    'b.md  ',
    '\\[c]/',
    '# no',
    '',
    ' a',
    '!',
  ),
  fc
    .tuple(
      fc.constantFrom('', '/'),
      folderPath.filter((path) => path !== ''),
      fc.constantFrom('', '/', '/*'),
    )
    .map((parts) => parts.join('')),
);
const rules = fc
  .array(fc.tuple(fc.boolean(), pattern), { minLength: 1, maxLength: 5 })
  .map((list) => list.map(([negative, text]) => (negative ? `!${text}` : text)).join('\n'));

describe('.gitignore files', () => {
  it('mean what they mean to git, nested and negated', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(file, { minLength: 1, maxLength: 12 }),
        fc.array(fc.tuple(folderPath, rules), { maxLength: 4 }),
        async (files, ignoreFiles) => {
          const root = folder();
          git(root, 'init', '-q');
          writeFiles(root, Object.fromEntries(files.map((path) => [path, 'text'])));
          writeFiles(root, Object.fromEntries(ignoreFiles.map(([at, text]) => [join(at, '.gitignore'), text])));
          const listed = git(root, 'ls-files', '-z', '--others', '--exclude-standard').split('\0');
          expect(await found(root)).toEqual(listed.filter((path) => path.endsWith('.md')).sort());
        },
      ),
      { numRuns: 150 },
    );
  });

  it('above a folder in a repository count too, and so does the repository’s own list', async () => {
    const root = folder({
      '.gitignore': 'secret.md\n/book/drafts/\n',
      'book/.gitignore': '\uFEFF*.tmp.md\r\nold/\r\n',
      'book/part/a.md': '',
      'book/part/secret.md': '',
      'book/part/b.tmp.md': '',
      'book/part/mine.md': '',
      'book/part/old/c.md': '',
    });
    git(root, 'init', '-q');
    writeFiles(root, { '.git/info/exclude': 'mine.md\n' });
    expect(await found(join(root, 'book/part'))).toEqual(['a.md']);
  });

  it('do not hide a folder that was opened itself', async () => {
    const root = folder({
      '.gitignore': 'drafts/\n',
      'drafts/a.md': '',
      'drafts/.gitignore': 'b.md\n',
      'drafts/b.md': '',
    });
    git(root, 'init', '-q');
    expect(await found(root)).toEqual([]);
    expect(await found(join(root, 'drafts'))).toEqual(['a.md']);
  });

  it('of a repository say nothing of a repository within', async () => {
    const root = folder({
      '.gitignore': '*.md\n',
      'a.md': '',
      'inner/b.md': '',
      'inner/.gitignore': 'c.md',
      'inner/c.md': '',
    });
    git(root, 'init', '-q');
    mkdirSync(join(root, 'inner/.git'));
    expect(await found(root)).toEqual(['inner/b.md']);
    const { skipped } = await walk({ folders: [{ path: root, exclude: [] }], include: ['**/*.md'] });
    expect(skipped.map(({ path, reason }) => [relative(root, path), reason])).toEqual([
      ['a.md', 'ignored'],
      [join('inner', 'c.md'), 'ignored'],
    ]);
  });

  it('count without a repository', async () => {
    expect(await found(folder({ '.gitignore': 'a.md', 'a.md': '', 'b.md': '' }))).toEqual(['b.md']);
  });
});
