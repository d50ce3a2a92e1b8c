// Licences of the packages whose code is shipped, for THIRD-PARTY-NOTICES.txt.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './setup.mjs';

/** What is known of packages that carry no licence file of their own. */
const AUTHORS = {
  imurmurhash: 'Copyright (c) 2013 Gary Court, Jens Taylor',
  'onnxruntime-common': 'Copyright (c) Microsoft Corporation',
  'onnxruntime-node': 'Copyright (c) Microsoft Corporation',
};

const MIT = readFileSync(join(ROOT, 'LICENSE'), 'utf8').replace(/^[\s\S]*?(?=Permission is hereby granted)/, '');

/** The notices of some installed packages; refuses a package of which no licence is known. */
export function notices(names) {
  const parts = [...new Set(names)].sort().map((name) => {
    const folder = join(ROOT, 'node_modules', name);
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return `${'='.repeat(80)}\n${name} ${version} (${license})\n\n${licenceText(name, folder, license).trim()}\n`;
  });
  return `Planwright contains code of the following packages.\n\n${parts.join('\n')}`;
}

function licenceText(name, folder, licence) {
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(-[a-z]+)?(\.(md|txt))?$/i.test(entry));
  if (file !== undefined && existsSync(join(folder, file))) return readFileSync(join(folder, file), 'utf8');
  const author = AUTHORS[name];
  if (author === undefined || licence !== 'MIT') throw new Error(`The licence of ${name} (${licence}) is not known.`);
  return `${author}\n\n${MIT}`;
}
