import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { readCorpus, type Corpus, type CorpusOptions } from '../../../../src/training/corpus/survey';
import type * as walking from '../../../../src/training/corpus/walk';
import { CancelledError } from '../../../../src/writing/cancellation';
import { options, prose, temporaryFolders, writeFiles } from './folders';

const folder = temporaryFolders();

/** What happens between finding the files and reading them. */
const meanwhile = vi.hoisted(() => ({ act: (): void => undefined }));
vi.mock('../../../../src/training/corpus/walk', async (original) => {
  const { walk } = await original<typeof walking>();
  const walkThenAct: typeof walking.walk = async (...given) => {
    const found = await walk(...given);
    meanwhile.act();
    return found;
  };
  return { walk: walkThenAct };
});

async function read(root: string, more: Partial<CorpusOptions> = {}): Promise<Corpus> {
  return readCorpus(options([root], more));
}

const documents = (root: string, { documents: list }: Corpus): string[] => list.map(({ path }) => relative(root, path));
const skipped = (root: string, corpus: Corpus): Record<string, string> =>
  Object.fromEntries(corpus.skipped.map(({ path, reason }) => [relative(root, path), reason]));

describe('what is read', () => {
  it('is Markdown and its kin, whatever the case of the ending, in folders with dots too', async () => {
    const names = ['a.md', 'b.MD', 'c.markdown', 'd.mdx', 'e.Rmd', 'f.qmd', '.notes/g.md', 'x y/ü.md'];
    const others = ['h.txt', 'i.rst', 'j.ts', 'md', 'k.md.bak'];
    const root = folder(Object.fromEntries([...names, ...others].map((name, i) => [name, prose(i)])));
    const corpus = await read(root);
    expect(documents(root, corpus)).toEqual([...names].sort());
    expect(corpus.skipped).toEqual([]);
  });

  it('never lies in folders of packages, version control or caches', async () => {
    const root = folder({
      'a.md': prose(1),
      'node_modules/p/README.md': prose(2),
      'deep/node_modules/p/README.md': prose(3),
      '.git/description.md': prose(4),
      '.venv/lib/b.md': prose(5),
    });
    const corpus = await read(root);
    expect(documents(root, corpus)).toEqual(['a.md']);
    expect(corpus.skipped).toEqual([]);
  });

  it('is what the globs include and do not exclude, relative to the folder', async () => {
    const root = folder({
      'notes/a.md': prose(1),
      'notes/drafts/b.md': prose(2),
      'c.md': prose(3),
      'notes/d.txt': prose(4),
      'notes/old/e.md': prose(5),
      'notes/old/deep/f.md': prose(6),
    });
    const folders = [{ path: root, exclude: ['**/drafts/**', 'notes/old'] }];
    const corpus = await read(root, { include: ['notes/**/*.{md,txt}'], folders });
    expect(documents(root, corpus)).toEqual(['notes/a.md', 'notes/d.txt']);
    expect(skipped(root, corpus)).toEqual({ 'notes/drafts': 'excluded', 'notes/old': 'excluded' });
  });

  it('honours .gitignore files', async () => {
    const root = folder({
      '.gitignore': 'out/\n*.tmp.md',
      'a.md': prose(1),
      'out/b.md': prose(2),
      'c.tmp.md': prose(3),
    });
    const corpus = await read(root);
    expect(documents(root, corpus)).toEqual(['a.md']);
    expect(skipped(root, corpus)).toEqual({ out: 'ignored', 'c.tmp.md': 'ignored' });
  });

  it('is the text without byte order mark and with plain line breaks, and its hash', async () => {
    const text = prose(1);
    const root = folder({
      'a.md': `\uFEFF${text.replaceAll('\n', '\r\n')}`,
      'le.md': Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(prose(2), 'utf16le')]),
      'be.md': Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(prose(3), 'utf16le').swap16()]),
    });
    const list = (await read(root)).documents;
    expect(list.map((each) => each.text)).toEqual([text, prose(3), prose(2)]);
    expect(list[0]!.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(list[0]!.folder).toBe(root);
    const again = folder({ 'a.md': text });
    expect((await read(again)).documents[0]!.hash).toBe(list[0]!.hash);
  });
});

describe('what is skipped', () => {
  it('and why', async () => {
    const root = folder({
      'good.md': prose(1),
      'copy.md': `---\ntitle: Another\n---\n\n${prose(2).replaceAll('\n', '  \n')}`,
      'original.md': prose(2),
      'near.md': `${prose(3, 12)} One sentence more.\n`,
      'near too.md': prose(3, 12),
      'large.md': prose(4).repeat(2000),
      'nul.md': `${prose(5)}\0`,
      'picture.md': Uint8Array.from({ length: 4000 }, (_, i) => (i * 7919) % 251),
      'latin1.md': Buffer.from(`${prose(6)} café`, 'latin1'),
      'empty.md': '',
      'short.md': '# To do\n\n- tea\n',
      'matter.md': `---\ndescription: ${'a long description '.repeat(20)}\n---\n\nText.\n`,
      'CHANGELOG.md': prose(7),
      'LICENSE.md': prose(8),
    });
    const corpus = await read(root, { maxFileBytes: 200_000 });
    const reasons = skipped(root, corpus);
    expect(Object.values(reasons).filter((reason) => reason === 'duplicate')).toHaveLength(2);
    expect(reasons).toMatchObject({
      'large.md': 'too-large',
      'nul.md': 'binary',
      'picture.md': 'binary',
      'latin1.md': 'not-utf8',
      'empty.md': 'too-short',
      'short.md': 'too-short',
      'matter.md': 'too-short',
      'CHANGELOG.md': 'generated',
      'LICENSE.md': 'generated',
    });
    expect(documents(root, corpus).length + corpus.skipped.length).toBe(14);
    expect(documents(root, corpus)).toContain('good.md');
  });

  it('what has nothing in it to be learnt: it could not be measured on', async () => {
    const markup = (words: string): string => `<div>\n${prose(7).replaceAll('\n', ' ')}\n<p>${words}</p>\n</div>\n`;
    const names = ['a.md', 'b.md', 'c.md', 'd.md'];
    const root = folder({
      ...Object.fromEntries(names.map((name, i) => [name, prose(i)])),
      'wall.md': markup(prose(8, 60).replaceAll('\n', ' ')),
      'code.md': `# Code\n\n\`\`\`js\n${'let leaf = winter + paper;\n'.repeat(400)}\`\`\`\n`,
      'below.md': `${markup('Tea.')}\n${prose(9)}`,
      'far below.md': `${markup(prose(10, 60).replaceAll('\n', ' '))}\n${prose(11)}`,
    });
    const corpus = await read(root, { heldOutFraction: 1 });
    expect(skipped(root, corpus)).toEqual({ 'wall.md': 'too-short', 'code.md': 'too-short' });
    expect(documents(root, corpus)).toEqual([...names, 'below.md', 'far below.md'].sort());
  });

  it.runIf(process.platform !== 'win32')(
    'links, pipes and what may not be read, without waiting or going in circles',
    async () => {
      const outside = folder({ 'secret.md': prose(1), 'more/b.md': prose(2) });
      const root = folder({ 'a.md': prose(3), 'sub/c.md': prose(4), 'closed/d.md': prose(5), 'locked.md': prose(6) });
      symlinkSync(join(outside, 'secret.md'), join(root, 'link.md'));
      symlinkSync(join(outside, 'more'), join(root, 'linked'));
      symlinkSync(root, join(root, 'sub/loop'));
      symlinkSync(join(root, 'nowhere.md'), join(root, 'broken.md'));
      execFileSync('mkfifo', [join(root, 'pipe.md')]);
      chmodSync(join(root, 'locked.md'), 0);
      chmodSync(join(root, 'closed'), 0);
      const corpus = await read(root);
      chmodSync(join(root, 'closed'), 0o700);
      // To the superuser nothing is locked.
      const locked = process.getuid?.() === 0 ? {} : { 'locked.md': 'unreadable', closed: 'unreadable' };
      expect(skipped(root, corpus)).toEqual(locked);
      expect(documents(root, corpus)).toEqual(expect.arrayContaining(['a.md', 'sub/c.md']));
      expect(corpus.documents).toHaveLength(process.getuid?.() === 0 ? 4 : 2);
    },
  );

  it('a folder that is not there, and files that vanish or become something else before they are read', async () => {
    const names = ['gone.md', 'folder.md', 'grown.md', 'link.md', 'kept.md'];
    const root = folder(Object.fromEntries(names.map((name, i) => [name, prose(i)])));
    const elsewhere = folder({ 'secret.md': prose(9) });
    meanwhile.act = () => {
      for (const name of ['gone.md', 'folder.md', 'link.md']) rmSync(join(root, name));
      mkdirSync(join(root, 'folder.md'));
      symlinkSync(join(elsewhere, 'secret.md'), join(root, 'link.md'));
      writeFileSync(join(root, 'grown.md'), prose(1).repeat(10_000));
    };
    const corpus = await readCorpus(options([root, join(root, 'nowhere')])).finally(
      () => (meanwhile.act = () => undefined),
    );
    expect(documents(root, corpus)).toEqual(['kept.md']);
    expect(skipped(root, corpus)).toEqual({
      nowhere: 'unreadable',
      'gone.md': 'unreadable',
      'folder.md': 'unreadable',
      'grown.md': 'too-large',
      'link.md': 'unreadable',
    });
  });

  it('what is over the total, by a choice that does not depend on what was saved last', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `${i}.md`);
    const root = folder(Object.fromEntries(names.map((name, i) => [name, prose(i, 3 + (i % 5))])));
    const total = 4000;
    const corpus = await read(root, { maxTotalBytes: total });
    const bytes = (list: Corpus): number => list.documents.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
    expect(bytes(corpus)).toBeLessThanOrEqual(total);
    expect(new Set(corpus.skipped.map(({ reason }) => reason))).toEqual(new Set(['over-total']));
    for (const name of Object.keys(skipped(root, corpus))) {
      expect(bytes(corpus) + Buffer.byteLength(prose(parseInt(name), 3 + (parseInt(name) % 5)))).toBeGreaterThan(total);
    }
    writeFiles(root, { [documents(root, corpus)[0]!]: corpus.documents[0]!.text });
    expect(documents(root, await read(root, { maxTotalBytes: total }))).toEqual(documents(root, corpus));
    expect(documents(root, await read(root, { maxTotalBytes: total, seed: 2 }))).not.toEqual(documents(root, corpus));
  });
});

it('holds out documents that no model was trained on', async () => {
  const root = folder(Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`${i}.md`, prose(i)])));
  const { documents: all } = await read(root);
  const hashes = all.map(({ hash }) => hash);
  const heldOut = async (trainedOn: readonly string[]): Promise<string[]> =>
    (await read(root, { trainedOn: new Set(trainedOn) })).documents
      .filter(({ split }) => split === 'heldOut')
      .map(({ hash }) => hash);
  const plain = all.filter(({ split }) => split === 'heldOut').map(({ hash }) => hash);
  for (const hash of hashes) expect(await heldOut(hashes.filter((other) => other !== hash))).toEqual([hash]);
  expect(await heldOut(hashes)).toEqual(plain);
});

describe('several folders', () => {
  it('that lie in each other do not give a file twice, in whatever order and under whatever name', async () => {
    const root = folder({ 'a.md': prose(1), 'sub/b.md': prose(2), 'sub/deep/c.md': prose(3) });
    const sub = join(root, 'sub');
    const link = join(folder(), 'link');
    symlinkSync(sub, link, 'junction');
    const all = ['a.md', 'sub/b.md', 'sub/deep/c.md'];
    for (const folders of [
      [root, sub],
      [sub, root],
      [root, root],
      [link, join(root, 'sub/deep'), root],
    ]) {
      const corpus = await readCorpus(options(folders));
      expect(documents(root, corpus)).toEqual(all);
      expect(corpus.skipped).toEqual([]);
      expect(new Set(corpus.documents.map((each) => each.folder))).toEqual(new Set([root]));
    }
    expect((await readCorpus(options([link]))).documents.map(({ path }) => path)).toEqual([
      join(link, 'b.md'),
      join(link, 'deep/c.md'),
    ]);
  });

  it('each leave out what they exclude', async () => {
    const [first, second] = [1, 3].map((n) => folder({ 'a.md': prose(n), 'old/b.md': prose(n + 1) })) as [
      string,
      string,
    ];
    const folders = [
      { path: first, exclude: ['old'] },
      { path: second, exclude: ['a.md'] },
    ];
    const corpus = await readCorpus(options([], { folders }));
    expect(corpus.documents.map(({ path }) => path).sort()).toEqual(
      [join(first, 'a.md'), join(second, 'old/b.md')].sort(),
    );
  });

  it('give what an ignored one of them holds', async () => {
    const root = folder({ '.gitignore': 'sub/', 'a.md': prose(1), 'sub/b.md': prose(2) });
    const corpus = await readCorpus(options([root, join(root, 'sub')]));
    expect(documents(root, corpus)).toEqual(['a.md', 'sub/b.md']);
  });
});

it('stops when it is cancelled, at any folder and at any file', async () => {
  const root = folder(Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`${i}/a.md`, prose(i)])));
  let looks = 0;
  /** A signal that is aborted once it has been looked at so often. */
  const after = (most: number): AbortSignal => {
    looks = 0;
    return {
      get aborted() {
        return ++looks > most;
      },
    } as AbortSignal;
  };
  await readCorpus(options([root]), after(Infinity));
  const all = looks;
  expect(all).toBeGreaterThanOrEqual(2 * (12 + 12));
  for (const most of [0, 1, Math.floor(all / 2), all - 1]) {
    await expect(readCorpus(options([root]), after(most))).rejects.toThrow(CancelledError);
    expect(looks).toBe(most + 1);
  }
});

it('puts every file in the documents or among the skipped, once, the same each time', async () => {
  const content = fc.oneof(
    fc.nat(5).map((i) => prose(i)),
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.uint8Array({ maxLength: 300 }),
    fc.constantFrom('', '\r\n', '---\na: b\n---\n', '\uFEFF', '😀'.repeat(120), '\uD800 lone '.repeat(30)),
  );
  const path = fc.tuple(
    fc.array(fc.constantFrom('a', 'b', 'ü'), { maxLength: 2 }),
    fc.constantFrom('1.md', '2.md', '3.MDX'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(path, content), { maxLength: 8 }), async (list) => {
      const files = Object.fromEntries(list.map(([[folders, base], text]) => [[...folders, base].join('/'), text]));
      const root = folder(files);
      const corpus = await read(root);
      const told = [...documents(root, corpus), ...Object.keys(skipped(root, corpus))];
      expect(told.sort()).toEqual(Object.keys(files).sort());
      expect(await read(root)).toEqual(corpus);
      if (corpus.documents.length >= 2) {
        expect(new Set(corpus.documents.map(({ split }) => split))).toEqual(new Set(['train', 'heldOut']));
      }
    }),
    { numRuns: 60 },
  );
});
