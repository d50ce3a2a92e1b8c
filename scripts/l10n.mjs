// `npm run l10n`: collects the strings of the sources into l10n/bundle.l10n.json, and says what the translations lack or no longer need.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getL10nJson } from '@vscode/l10n-dev';
import { ROOT } from './setup.mjs';

const FOLDER = join(ROOT, 'l10n');
const BUNDLE = 'bundle.l10n.json';
/** l10n-dev looks for uses of what was imported from vscode. Code that is given `l10n` as a parameter is read as if it had imported it. */
const IMPORT = "import { l10n } from 'vscode';\n";

const sources = readdirSync(join(ROOT, 'src'), { withFileTypes: true, recursive: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => readFileSync(join(entry.parentPath ?? entry.path, entry.name), 'utf8'))
  .filter((contents) => contents.includes('l10n.t('))
  .map((contents) => ({ extension: '.ts', contents: IMPORT + contents }));

const found = await getL10nJson(sources);
// By name, so that a change of the code is no change of the order.
const strings = Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
mkdirSync(FOLDER, { recursive: true });
writeFileSync(join(FOLDER, BUNDLE), `${JSON.stringify(strings, null, 2)}\n`);
console.log(`${Object.keys(strings).length} strings in l10n/${BUNDLE}`);

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.nls.json'), 'utf8'));
for (const name of readdirSync(FOLDER).filter((file) => file !== BUNDLE)) compare(join('l10n', name), strings);
for (const name of readdirSync(ROOT).filter((file) => /^package\.nls\..+\.json$/.test(file))) compare(name, manifest);

/** Prints what one translation lacks, and what it has that nothing uses. */
function compare(name, originals) {
  const translated = JSON.parse(readFileSync(join(ROOT, name), 'utf8'));
  const lacking = Object.keys(originals).filter((key) => !(key in translated));
  const unused = Object.keys(translated).filter((key) => !(key in originals));
  console.log(`${name}: ${lacking.length} to translate, ${unused.length} no longer used`);
  for (const key of lacking) console.log(`  + ${JSON.stringify(key)}`);
  for (const key of unused) console.log(`  - ${JSON.stringify(key)}`);
}
