import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

type Strings = Readonly<Record<string, string>>;

const read = (path: string): string => readFileSync(path, 'utf8');
const strings = (path: string): Strings => JSON.parse(read(path)) as Strings;

const manifest = read('package.json');
const ofManifest = strings('package.nls.json');
const bundle = strings('l10n/bundle.l10n.json');
const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join('src', name));

/** The messages that a source file gives to `….l10n.t` or `l10n.t`; those that are no literals as their code. */
function messages(path: string): { readonly literal: boolean; readonly text: string }[] {
  const file = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
  const found: { literal: boolean; text: string }[] = [];
  const visit = (node: ts.Node): void => {
    const [message] = ts.isCallExpression(node) ? node.arguments : [];
    if (message && ts.isCallExpression(node) && /\bl10n\.t$/.test(node.expression.getText(file))) {
      const literal = ts.isStringLiteralLike(message);
      found.push({ literal, text: literal ? message.text : `${path}: ${message.getText(file)}` });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

const used = sources.flatMap(messages);
const sorted = (words: Iterable<string>): string[] => [...new Set(words)].sort();
const places = (text: string): string[] => sorted(text.match(/\{\d+\}/g) ?? []);
/** Commands and settings are names: a translation must have the same ones. */
const commands = (text: string): string[] => sorted(text.match(/\(command:[^)]+\)/g) ?? []);

describe('strings', () => {
  it('are all in package.nls.json where the manifest refers to them, and no others', () => {
    const keys = [...manifest.matchAll(/"%([\w.-]+)%"/g)].map(([, key]) => key!);
    expect(sorted(keys)).toEqual(sorted(Object.keys(ofManifest)));
  });

  it('are literals in the sources, so that they can be found', () => {
    expect(used.filter(({ literal }) => !literal)).toEqual([]);
  });

  it('are all in the bundle: `npm run l10n` refreshes it', () => {
    expect(sorted(used.map(({ text }) => text))).toEqual(sorted(Object.keys(bundle)));
  });
});

const translations = [
  ...readdirSync('.')
    .filter((name) => /^package\.nls\.\w/.test(name) && name !== 'package.nls.json')
    .map((name) => [name, ofManifest] as const),
  ...readdirSync('l10n')
    .filter((name) => name !== 'bundle.l10n.json')
    .map((name) => [`l10n/${name}`, bundle] as const),
];

describe('translations', () => {
  it('come in pairs, for the manifest and for the code', () => {
    const languages = (folder: RegExp): string[] =>
      translations.flatMap(([name]) => folder.exec(name)?.[1] ?? []).sort();
    expect(languages(/^package\.nls\.(.+)\.json$/)).toEqual(languages(/^l10n\/bundle\.l10n\.(.+)\.json$/));
    expect(translations.length).toBeGreaterThan(0);
  });

  it.each(translations)('%s has every string, with its places and commands', (name, originals) => {
    const translated = strings(name);
    expect(sorted(Object.keys(translated))).toEqual(sorted(Object.keys(originals)));
    for (const [key, original] of Object.entries(originals)) {
      const translation = translated[key]!;
      expect(translation.trim()).not.toBe('');
      expect({ key, places: places(translation) }).toEqual({ key, places: places(original) });
      expect({ key, commands: commands(translation) }).toEqual({ key, commands: commands(original) });
    }
  });
});
