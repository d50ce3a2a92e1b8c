import { describe, expect, it } from 'vitest';
import { EAGER } from './essay';
import { useWorkbench } from './useWorkbench';
import { eventually, type Theme } from './workbench';

const NOTES = `# The slow letter

My grandmother wrote letters all her life. She wrote them at the kitchen table, after supper, with the radio turned low. A letter took her an hour.

## What a letter does

A letter makes you decide what matters. There is no room for everything, so you choose. However, most people today do not have the time to write one.

`;

/** Pictures of what there is to see, in every theme. Each test also asserts that it is there. */
describe.each<Theme>(['light', 'dark', 'high-contrast'])('pictures in %s', (theme) => {
  const open = useWorkbench({ files: { 'letter.md': NOTES }, settings: EAGER });
  const lensesKnown = async (): Promise<boolean> => {
    const lenses = await open().lenses();
    return lenses.length > 1 && lenses.every((lens) => !lens.includes('…'));
  };

  it('annotations and ghost text', async () => {
    const workbench = open();
    workbench.theme(theme);
    await workbench.themed(theme);
    await workbench.command('View: Toggle Primary Side Bar Visibility');
    await workbench.openFile('letter.md');
    await eventually('titles', lensesKnown);
    await workbench.picture(`annotations-${theme}`, { below: 350 });
    await workbench.press('Control+End');
    await workbench.type('I write mine at the kitchen ');
    expect(await workbench.ghostText()).not.toBe('');
    await eventually('titles', lensesKnown);
    await workbench.picture(`suggestion-${theme}`, { below: 400 });
    await workbench.press('Escape');
  });

  it('hover', async () => {
    const workbench = open();
    await workbench.hover('kitchen', /\d+ %/);
    await workbench.picture(`hover-${theme}`, { below: 480 });
    await workbench.press('Escape');
  });

  it('steering', async () => {
    const workbench = open();
    await workbench.command('Planwright: Steer Next Sentence…');
    expect((await workbench.picks()).length).toBeGreaterThan(3);
    await workbench.picture(`steering-${theme}`, { below: 480, whole: true });
    await workbench.press('Escape');
  });

  it('plan view', async () => {
    const workbench = open();
    await workbench.openView('Planwright');
    await eventually('steps and outline', async () => {
      const rows = await workbench.treeRows();
      return rows.some((row) => row.startsWith('Step 1')) && rows.some((row) => row.includes('slow letter'));
    });
    await workbench.picture(`plan-${theme}`, { below: 520, whole: true });
    await workbench.command('View: Toggle Primary Side Bar Visibility');
  });

  it('doctor', async () => {
    const workbench = open();
    await workbench.command('Planwright: Doctor');
    await eventually('the report', async () => (await workbench.lines()).some((line) => line.includes('Self-test')));
    await eventually('no progress', async () => (await workbench.messages()).length === 0);
    await workbench.picture(`doctor-${theme}`, { below: 520 });
  });
});
