// Licences of the packages and native libraries whose code is shipped, for THIRD-PARTY-NOTICES.txt.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './setup.mjs';

/** What is known of packages that carry no licence file of their own. */
const AUTHORS = {
  'onnxruntime-common': 'Copyright (c) Microsoft Corporation',
  'onnxruntime-node': 'Copyright (c) Microsoft Corporation',
};

const ONNXRUNTIME = /^(?:onnxruntime_binding\.node|onnxruntime\.dll|libonnxruntime\.(?:so|dylib|\d).*)$/;
/** Libraries of others that onnxruntime-node brings along for Windows. */
const LIBRARIES = {
  'DirectML.dll':
    'Copyright (c) Microsoft Corporation. Microsoft Software License Terms; the library may be distributed with programs that use it:\nhttps://www.nuget.org/packages/Microsoft.AI.DirectML',
  'dxcompiler.dll': readFileSync(join(ROOT, 'scripts', 'licences', 'ncsa.txt'), 'utf8'),
  'dxil.dll':
    'Copyright (c) Microsoft Corporation. Microsoft Software License Terms; the library may be distributed with programs that use it:\nhttps://github.com/microsoft/DirectXShaderCompiler/releases',
};

const MIT = readFileSync(join(ROOT, 'LICENSE'), 'utf8').replace(/^[\s\S]*?(?=Permission is hereby granted)/, '');

/** The notices of some installed packages, and of native files shipped with them; refuses what no licence is known of. */
export function notices(names, natives) {
  const parts = [...new Set(names)].sort().map((name) => {
    const folder = join(ROOT, 'node_modules', name);
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return notice(`${name} ${version} (${license})`, licenceText(name, folder, license));
  });
  for (const name of natives.filter((file) => !ONNXRUNTIME.test(file))) {
    if (LIBRARIES[name] === undefined) throw new Error(`The licence of ${name} is not known.`);
    parts.push(notice(name, LIBRARIES[name]));
  }
  return `Planwright contains code of the following packages.\n\n${parts.join('\n')}`;
}

const notice = (title, text) => `${'='.repeat(80)}\n${title}\n\n${text.trim()}\n`;

function licenceText(name, folder, licence) {
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(-[a-z]+)?(\.(md|txt))?$/i.test(entry));
  if (file !== undefined && existsSync(join(folder, file))) return readFileSync(join(folder, file), 'utf8');
  const author = AUTHORS[name];
  if (author === undefined || licence !== 'MIT') throw new Error(`The licence of ${name} (${licence}) is not known.`);
  return `${author}\n\n${MIT}`;
}
