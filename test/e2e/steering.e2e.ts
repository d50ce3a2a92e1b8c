import { describe, expect, it } from 'vitest';
import { EAGER, ESSAY } from './essay';
import { useWorkbench } from './useWorkbench';
import { eventually } from './workbench';

describe('steering', () => {
  const open = useWorkbench({ files: { 'start.md': ESSAY }, settings: EAGER });

  it('changes the suggestion at once when something is pinned', async () => {
    const workbench = open();
    await workbench.openNew('pin.md', ESSAY);
    await workbench.press('Control+End');
    await workbench.type('\nA good crust needs heat. ');
    // At the beginning of a sentence the model may well be too unsure to suggest anything unasked.
    const unpinned = (await workbench.suggests(3000)) ? await workbench.ghost() : '';
    await workbench.command('Planwright: Steer Next Sentence…');
    await eventually('labels with their probabilities', async () => {
      const picks = await workbench.picks();
      return picks.filter((pick) => /\d+\s%/.test(pick)).length > 3;
    });
    // The third: neither what the plan follows anyway, nor far off.
    await workbench.press('ArrowDown', 'ArrowDown', 'Enter');
    const pinned = await workbench.ghostText(unpinned);
    expect(pinned).not.toBe(unpinned);
    await eventually('the pin above the paragraph', async () =>
      (await workbench.lenses()).some((lens) => lens.includes('pinned')),
    );
    await workbench.press('Tab');
    await workbench.noGhost().catch(() => undefined);
    await workbench.saved('pin.md', `${ESSAY}\nA good crust needs heat. ${pinned}`);
  });

  it('shows pins and what is expected in the plan view', async () => {
    const workbench = open();
    await workbench.openNew('view.md', ESSAY);
    await workbench.press('Control+End');
    await workbench.openView('Planwright');
    let rows: string[] = [];
    await eventually('a tree with steps and outline', async () => {
      rows = await workbench.treeRows();
      return rows.some((row) => /^Step 1: .+ probability/.test(row)) && rows.some((row) => row.includes('Why we bake'));
    });
    expect(rows.filter((row) => row.startsWith('Step'))).toHaveLength(3);
  });

  it('drafts several sentences that one undo takes back', async () => {
    const workbench = open();
    await workbench.openNew('draft.md', ESSAY);
    await workbench.press('Control+End');
    await workbench.type('\nA good crust needs heat.');
    const before = `${ESSAY}\nA good crust needs heat.`;
    await workbench.command('Planwright: Draft Paragraph from Plan');
    await eventually('several sentences', async () => {
      const last = (await workbench.lines()).join('\n');
      return last.length > before.length + 60 && (await workbench.messages()).length === 0;
    });
    await workbench.press('Control+Z');
    await workbench.saved('draft.md', before);
  });

  it('stops writing when Escape is pressed', async () => {
    const workbench = open();
    await workbench.openNew('escape.md', ESSAY);
    await workbench.press('Control+End');
    await workbench.type('\nA good crust needs heat.');
    const before = (await workbench.lines()).join('\n').length;
    await workbench.command('Planwright: Draft Paragraph from Plan');
    await eventually('a first sentence', async () => (await workbench.lines()).join('\n').length > before);
    await workbench.press('Escape');
    await eventually('the end of writing', () => /[123] of 4 sentences were written/.test(workbench.log()));
  });

  it('writes into one side of a comparison, and leaves the comparison open', async () => {
    const workbench = open();
    await workbench.openNew('compared.md', ESSAY);
    await workbench.press('Control+End');
    await workbench.type('\nA good crust needs heat.');
    await workbench.command('File: Compare Active File with Saved');
    const comparison = workbench.page.locator('.monaco-diff-editor');
    const side = comparison.locator('.editor.modified');
    await side.locator('.view-line', { hasText: 'A good crust needs heat.' }).waitFor();
    const length = async (): Promise<number> => (await side.locator('.view-lines').innerText()).length;
    const before = await length();
    await workbench.press('Control+End');
    await workbench.command('Planwright: Draft Paragraph from Plan');
    await eventually('several sentences', async () => {
      return (await length()) > before + 60 && (await workbench.messages()).length === 0;
    });
    expect(await comparison.count()).toBe(1);
  });
});
