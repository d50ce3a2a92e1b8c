import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, inject, it } from 'vitest';
import { installVsix, temporaryHome } from '../../scripts/vscode/server.mjs';
import { EAGER, ESSAY } from './essay';
import { Workbench } from './workbench';

const home = temporaryHome();
afterAll(() => {
  home.remove();
});

it('installs from its VSIX into a clean VS Code, and works there without asking any other machine', async () => {
  installVsix(inject('vsix'), home);
  const installed = readdirSync(home.extensions).find((name) => name.startsWith('planwright.planwright-'));
  const programs = readdirSync(join(home.extensions, installed!, 'dist'));
  expect(programs.sort()).toEqual(['engine.mjs', 'extension.cjs', 'training.mjs']);

  const workbench = await Workbench.open({
    files: { 'essay.md': ESSAY },
    settings: EAGER,
    extensions: home.extensions,
  });
  try {
    await workbench.openFile('essay.md');
    await workbench.press('Control+End');
    // Who gets no suggestion writes on.
    let isSuggesting = false;
    for (const words of ['\nThe dough should ', 'be left ', 'in a warm ', 'place for ']) {
      await workbench.type(words);
      isSuggesting = await workbench.suggests(30_000);
      if (isSuggesting) break;
    }
    expect(isSuggesting).toBe(true);
    expect(workbench.foreignRequests).toEqual([]);
  } finally {
    await workbench.close();
  }
});
