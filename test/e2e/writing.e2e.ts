import { describe, expect, it } from 'vitest';
import { EAGER, ESSAY } from './essay';
import { useWorkbench } from './useWorkbench';

describe('writing', () => {
  const open = useWorkbench({ files: { 'start.md': '# Start\n' }, settings: EAGER });

  it('suggests text while one types, and Tab accepts it', async () => {
    const workbench = open();
    await workbench.openNew('tab.md', ESSAY);
    await workbench.press('Control+End');
    await workbench.type('\nAt the end of the ');
    const ghost = await workbench.ghostText();
    await workbench.press('Tab');
    await workbench.saved('tab.md', `${ESSAY}\nAt the end of the ${ghost}`);
  });

  it('accepts one word at a time, and goes on showing the rest', async () => {
    const workbench = open();
    await workbench.openNew('word.md', ESSAY);
    await workbench.press('Control+End');
    await workbench.type('\nThis is one of the ');
    const ghost = await workbench.ghostText();
    await workbench.press('Control+ArrowRight');
    const rest = await workbench.ghostText(ghost);
    expect(ghost.endsWith(rest)).toBe(true);
    const word = ghost.slice(0, -rest.length);
    expect(word.trim()).toMatch(/^\S+$/);
    await workbench.saved('word.md', `${ESSAY}\nThis is one of the ${word}`);
  });

  it('keeps a suggestion that one types along with', async () => {
    const workbench = open();
    await workbench.openNew('along.md', ESSAY);
    await workbench.press('Control+End');
    await workbench.type('\nThis is one of the ');
    const ghost = await workbench.ghostText();
    await workbench.type(ghost.slice(0, 3));
    expect(await workbench.ghostText(ghost)).toBe(ghost.slice(3));
  });

  it('accepts the sentence, and suggests what follows it', async () => {
    const workbench = open();
    await workbench.openNew('sentence.md', ESSAY);
    await workbench.press('Control+End');
    await workbench.type('\nThis is one of the ');
    const ghost = await workbench.ghostText();
    await workbench.press('Control+K', 'Control+.');
    await workbench.ghostText(ghost);
    // The editor itself asks nobody a second time at the same place.
    await workbench.press('Control+K', 'Control+Y');
    await workbench.statusText(/Suggestions: 1 .+ · 2 /);
    await workbench.saved('sentence.md', `${ESSAY}\nThis is one of the ${ghost}`);
  });

  it('offers three alternatives when asked, and says which labels they follow', async () => {
    const workbench = open();
    await workbench.openNew('alternatives.md', ESSAY);
    await workbench.press('Control+End');
    await workbench.type('\nThe dough should be');
    await workbench.press('Escape', 'Space');
    await workbench.command('Trigger Inline Suggestion');
    await workbench.statusText(/Suggestions: 1 .+ · 2 .+ · 3 .+/);
    const first = await workbench.ghostText();
    await workbench.press('Alt+]');
    const second = await workbench.ghostText(first);
    await workbench.press('Alt+]');
    const third = await workbench.ghostText(second);
    expect(new Set([first, second, third]).size).toBe(3);
    await workbench.press('Alt+]');
    expect(await workbench.ghostText(third)).toBe(first);
  });

  it('does not repeat what stands behind the cursor', async () => {
    const workbench = open();
    const rest = ' and everybody in the house knows that the bread is ready.';
    await workbench.openNew('middle.md', `${ESSAY}\nThe smell fills the kitchen,${rest}\n`);
    await workbench.goTo(9, 'The smell fills the kitchen,'.length + 1);
    await workbench.command('Trigger Inline Suggestion');
    const ghost = await workbench.ghostText();
    const words = rest.trim().split(' ');
    for (let count = 1; count < words.length; count++) {
      expect(ghost.trim().endsWith(words.slice(0, count).join(' '))).toBe(false);
    }
  });

  it.each([
    ['a code block', 'code.md', `${ESSAY}\n\`\`\`sh\necho \n\`\`\`\n`, 10, 'echo '],
    ['front matter', 'matter.md', `---\ntitle: \n---\n\n${ESSAY}`, 2, 'title: '],
  ])('writes nothing in %s', async (_place, name, text, line, before) => {
    const workbench = open();
    await workbench.openNew(name, text);
    await workbench.goTo(line, before.length + 1);
    await workbench.type('the ');
    await workbench.command('Trigger Inline Suggestion');
    await workbench.statusText(/No suggestion: /);
    expect(await workbench.ghost()).toBe('');
  });
});
