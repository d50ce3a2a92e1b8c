// `npm run package [-- --target linux-x64|all]`: dist/NAME-TARGET-VERSION.vsix, one per target, holding only what runs there. Without a target: this machine's.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ROOT, ensureInstalled } from './setup.mjs';

/** Platforms that onnxruntime-node has native files for. */
const TARGETS = ['linux-x64', 'linux-arm64', 'win32-x64', 'win32-arm64', 'darwin-arm64'];
export const THIS_MACHINE = `${process.platform}-${process.arch}`;

/** Parts of the manifest that an installed extension has no use for. */
const DEVELOPMENT_ONLY = [
  'scripts',
  'devDependencies',
  'optionalDependencies',
  'allowScripts',
  'overrides',
  'bin',
  'private',
  'type',
];
/** Copied as they are. */
const SHIPPED = ['CHANGELOG.md', 'LICENSE', 'l10n', 'media', 'models/starter'];
/** Of those: the README's pictures, which are for its repository, and what the icon was drawn from. */
const NOT_SHIPPED = ['media/pictures', 'media/icon.svg'].map((name) => join(ROOT, name));
const MODULES = ['onnxruntime-node', 'onnxruntime-common'];
/** Parts of the README that are for whoever has the repository. */
const REPOSITORY_ONLY = ['Two commands', 'The same without an editor'];

const from = (...names) => join(ROOT, ...names);
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** The README for those who have installed the extension: without pictures, and without what needs the repository. */
function readmeOfExtension(text) {
  return text
    .split(/^(?=## )/m)
    .filter((section) => !REPOSITORY_ONLY.some((title) => section.startsWith(`## ${title}\n`)))
    .join('')
    .replace(/^!\[.*\n(?:\n\(.*\)\n)?\n?/gm, '');
}

/** The model card for those who have installed the extension: links to what only the repository has are plain words, and its picture is left out. */
function cardOfExtension(text) {
  return text.replace(/^!\[.*\n\n?/gm, '').replace(/\[([^\]]+)\]\((?!https?:)[^)]*\)/g, '$1');
}

/** Every file under a folder, relative to it. */
function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/** Fills `folder` with what is shipped for a target, ready to run as an extension. */
export async function stage(target, folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of SHIPPED) {
    cpSync(from(name), join(folder, name), { recursive: true, filter: (source) => !NOT_SHIPPED.includes(source) });
  }
  writeFileSync(join(folder, 'README.md'), readmeOfExtension(readFileSync(from('README.md'), 'utf8')));
  writeFileSync(
    join(folder, 'models', 'README.md'),
    cardOfExtension(readFileSync(from('models', 'README.md'), 'utf8')),
  );
  for (const name of readdirSync(ROOT).filter((file) => /^package\.nls(\..+)?\.json$/.test(file))) {
    cpSync(from(name), join(folder, name));
  }
  const bundled = await bundlePrograms(join(folder, 'dist'));
  const natives = copyRuntime(target, join(folder, 'node_modules'));
  writeManifest(folder);
  cpSync(from('.vscodeignore'), join(folder, '.vscodeignore'));
  const { notices } = await import('./notices.mjs');
  writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), notices([...bundled, ...MODULES], natives));
  // Readable by every user of the machine it is installed on, whatever the umask here was.
  for (const name of filesUnder(folder)) chmodSync(join(folder, name), 0o644);
}

/** The programs, minified. Returns the names of the packages whose code is in them. */
async function bundlePrograms(folder) {
  const esbuild = await import('esbuild');
  const { extension, shared } = await import('./build.mjs');
  // Names of classes are kept: they are what a log says of an error.
  const small = { minify: true, keepNames: true, sourcemap: false, legalComments: 'none', metafile: true };
  const results = await Promise.all([
    esbuild.build({
      ...extension,
      ...small,
      entryPoints: [from('src', 'extension.ts')],
      outfile: join(folder, 'extension.cjs'),
    }),
    esbuild.build({
      ...shared,
      ...small,
      entryPoints: [from('src', 'engine', 'main.ts')],
      outfile: join(folder, 'engine.mjs'),
    }),
    esbuild.build({
      ...shared,
      ...small,
      entryPoints: [from('src', 'engine', 'training', 'main.ts')],
      outfile: join(folder, 'training.mjs'),
    }),
  ]);
  const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const packages = inputs.map((input) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]);
  return [...new Set(packages.filter((name) => name !== undefined))].sort();
}

/** onnxruntime's JavaScript and one platform's native files; of its 280 MB nothing else is used. Returns the names of the native files. */
function copyRuntime(target, folder) {
  const native = join('bin', 'napi-v6', ...target.split('-'));
  const wanted = {
    'onnxruntime-node': (name) =>
      /^dist[/\\][^/\\]+\.js$/.test(name) || (name.startsWith(native) && !isDuplicate(name)),
    'onnxruntime-common': (name) => /^dist[/\\]cjs[/\\].*\.js(on)?$/.test(name),
  };
  for (const [name, isWanted] of Object.entries(wanted)) {
    const source = from('node_modules', name);
    const files = filesUnder(source).filter(isWanted);
    for (const file of files) cpSync(join(source, file), join(folder, name, file));
    const { version, license, main } = readJson(join(source, 'package.json'));
    writeFileSync(join(folder, name, 'package.json'), JSON.stringify({ name, version, license, main }));
  }
  if (!existsSync(join(folder, 'onnxruntime-node', native, 'onnxruntime_binding.node'))) {
    throw new Error(`onnxruntime-node has no native files for ${target}.`);
  }
  return readdirSync(join(folder, 'onnxruntime-node', native)).sort();
}

/** macOS: the addon loads libonnxruntime.1.dylib; the file with the full version in its name is the same one again. */
const isDuplicate = (name) => /libonnxruntime\.\d+\.\d+\.\d+\.dylib$/.test(name);

function writeManifest(folder) {
  const manifest = Object.entries(readJson(from('package.json'))).filter(([key]) => !DEVELOPMENT_ONLY.includes(key));
  // vsce packs the modules that npm lists: those that are there, at their exact versions.
  const dependencies = Object.fromEntries(
    MODULES.map((name) => [name, readJson(join(folder, 'node_modules', name, 'package.json')).version]),
  );
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ ...Object.fromEntries(manifest), dependencies }, null, 2),
  );
}

/** Stages and packs one target; returns the path of the VSIX. */
async function packageTarget(target, outFolder) {
  if (!TARGETS.includes(target)) throw new Error(`Target ${target} is not one of ${TARGETS.join(', ')}.`);
  const { version, name } = readJson(from('package.json'));
  const folder = join(ROOT, '.cache', 'package', `${target}.${process.pid}`);
  try {
    await stage(target, folder);
    const { createVSIX } = await import('@vscode/vsce');
    mkdirSync(outFolder, { recursive: true });
    const path = join(outFolder, `${name}-${target}-${version}.vsix`);
    const aside = `${path}.${process.pid}`;
    await createVSIX({
      cwd: folder,
      target,
      packagePath: aside,
      allowMissingRepository: true,
      rewriteRelativeLinks: false,
    });
    renameSync(aside, path);
    return { path, bytes: statSync(path).size, files: filesUnder(folder).filter((file) => file !== '.vscodeignore') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  ensureInstalled();
  const { values } = parseArgs({ options: { target: { type: 'string', multiple: true }, out: { type: 'string' } } });
  const targets = values.target?.flatMap((list) => (list === 'all' ? TARGETS : list.split(','))) ?? [THIS_MACHINE];
  for (const target of targets) {
    const { path, bytes, files } = await packageTarget(target, values.out ?? join(ROOT, 'dist'));
    console.log(`${relative(process.cwd(), path)}: ${(bytes / 2 ** 20).toFixed(1)} MiB, ${files.length} files`);
  }
}
