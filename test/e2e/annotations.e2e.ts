import { describe, expect, it } from 'vitest';
import { ESSAY } from './essay';
import { useWorkbench } from './useWorkbench';
import { eventually } from './workbench';

describe('annotations', () => {
  const open = useWorkbench({ files: { 'essay.md': ESSAY } });

  it('shows the plan above each paragraph', async () => {
    const workbench = open();
    await workbench.openFile('essay.md');
    let lenses: string[] = [];
    await eventually('two lenses with titles', async () => {
      lenses = await workbench.lenses();
      return lenses.length === 2 && lenses.every((lens) => /next: .+ \d+ %/.test(lens));
    });
    for (const lens of lenses) expect(lens).toMatch(/^[^…]+ \| next: [^…]+ \d+ %$/);
  });

  it('tells of a sentence in a hover', async () => {
    const workbench = open();
    const hover = await workbench.hover('thousands', /\d+ %/);
    expect(await hover.innerText()).toMatch(/\d+ %/);
  });
});
