import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Manifest {
  readonly contributes: {
    readonly configuration: readonly { readonly properties: Readonly<Record<string, { readonly default: unknown }>> }[];
    readonly commands: readonly { readonly command: string }[];
    readonly keybindings: readonly { readonly key: string; readonly when: string }[];
    readonly menus: { readonly 'view/item/context': readonly { readonly command: string; readonly group: string }[] };
    readonly walkthroughs: readonly { readonly steps: readonly unknown[] }[];
  };
}

const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const readme = readFileSync('README.md', 'utf8');
const settings = contributes.configuration.flatMap(({ properties }) => Object.entries(properties));

describe('the README', () => {
  it.each(settings)('names %s with its default', (name, { default: value }) => {
    const row = readme.split('\n').find((line) => line.startsWith(`| \`${name}\``));
    expect(row).toBeDefined();
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    if (shown !== '') expect(row).toContain(`\`${shown}\``);
  });

  it('shows and links to what is there', () => {
    const targets = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, target]) => target!);
    const local = targets.filter((target) => !/^https?:/.test(target));
    expect(local.length).toBeGreaterThan(5);
    expect(local.filter((target) => !existsSync(target))).toEqual([]);
  });

  it('names every key', () => {
    for (const { key } of contributes.keybindings) {
      const spelt = key
        .replace('escape', 'Esc')
        .replace(/ctrl/g, 'Ctrl')
        .replace(/\+(\w)/g, (_, letter: string) => `+${letter.toUpperCase()}`);
      expect(readme).toContain(spelt);
    }
  });
});

describe('the manifest', () => {
  it('keeps to few settings and few keys, each of them a chord for our languages', () => {
    expect(settings.length).toBeLessThanOrEqual(20);
    const chords = contributes.keybindings.filter(({ key }) => key !== 'escape');
    expect(chords.length).toBeLessThanOrEqual(4);
    for (const { key, when } of chords) {
      expect(key).toMatch(/^ctrl\+k /);
      expect(key).not.toMatch(/tab|enter/);
      expect(when).toContain('planwright.languages');
    }
  });

  it('takes Escape only while something is being written', () => {
    const whens = contributes.keybindings.flatMap(({ key, when }) => (key === 'escape' ? [when] : []));
    expect(whens).toEqual(['editorTextFocus && planwright.writing']);
  });

  it('has each button of a row in the row’s menu too, which the keyboard opens', () => {
    const entries = contributes.menus['view/item/context'];
    const isButton = ({ group }: { readonly group: string }): boolean => group.startsWith('inline');
    const inMenu = entries.filter((entry) => !isButton(entry)).map(({ command }) => command);
    expect(inMenu).toEqual(expect.arrayContaining(entries.filter(isButton).map(({ command }) => command)));
  });

  it('has a walkthrough of five steps', () => {
    expect(contributes.walkthroughs[0]!.steps).toHaveLength(5);
  });
});
