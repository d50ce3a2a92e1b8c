import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, extension, openEssay } from './support';

describe('activation', () => {
  it('comes with a folder that has Markdown; the engine, with the first document in sight', async () => {
    const here = extension();
    await eventually('activation', () => here.isActive);
    const { engine } = here.exports.services;
    // What the editor may have opened by itself.
    if (vscode.window.visibleTextEditors.length === 0) assert.equal(engine.state.kind, 'stopped');
    await openEssay();
    await eventually('the engine', () => engine.state.kind === 'ready');
  });

  it('registers every command of the manifest', async () => {
    const manifest = extension().packageJSON as { contributes: { commands: { command: string }[] } };
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = manifest.contributes.commands.map(({ command }) => command).filter((id) => !registered.has(id));
    assert.deepEqual(missing, []);
  });
});
