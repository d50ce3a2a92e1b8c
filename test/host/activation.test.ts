import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extension, openEssay } from './support';

describe('activation', () => {
  it('comes with the first Markdown document', async () => {
    await openEssay();
    assert.equal(extension().isActive, true);
  });

  it('registers every command of the manifest', async () => {
    const manifest = extension().packageJSON as { contributes: { commands: { command: string }[] } };
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = manifest.contributes.commands.map(({ command }) => command).filter((id) => !registered.has(id));
    assert.deepEqual(missing, []);
  });
});
