import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, openEssay } from './support';

const settings = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('planwright');

async function lenses(uri: vscode.Uri): Promise<vscode.CodeLens[]> {
  return vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 100);
}

describe('annotations', () => {
  it('stand above each paragraph of prose, with titles once the plan is known', async () => {
    const { document } = await openEssay();
    let titles: readonly string[] = [];
    const found = await eventually('titles', async () => {
      const now = await lenses(document.uri);
      titles = now.map(({ command }) => command?.title ?? '');
      return titles.length > 0 && titles.every((title) => title !== '' && !title.includes('…')) && now;
    }).catch((error: unknown) => {
      throw new Error(`${String(error)} There are ${JSON.stringify(titles)}.`);
    });
    const lines = [...new Set(found.map(({ range }) => document.lineAt(range.start.line).text.split(' ')[0]))];
    assert.ok(lines.includes('People') && lines.includes('First,') && lines.includes('In'), lines.join(' | '));
    assert.ok(!lines.includes('echo') && !lines.includes('title:'), lines.join(' | '));
  });

  it('go when turned off', async () => {
    const { document } = await openEssay();
    await settings().update('annotations.style', 'off', vscode.ConfigurationTarget.Global);
    await eventually('no lenses', async () => (await lenses(document.uri)).length === 0);
    await settings().update('annotations.style', undefined, vscode.ConfigurationTarget.Global);
    await eventually('lenses', async () => (await lenses(document.uri)).length > 0);
  });

  it('tell more in a hover', async () => {
    const { document } = await openEssay();
    const at = document.positionAt(document.getText().indexOf('thousands'));
    const text = await eventually('a hover', async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        at,
      );
      const all = hovers.flatMap(({ contents }) => contents.map((part) => (part as vscode.MarkdownString).value));
      return all.find((part) => /\d+/.test(part) && part.includes('%'));
    });
    assert.ok(text.includes('command:planwright.'), text);
  });
});
