import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/extension';

const WAIT_MS = 60_000;
const POLL_MS = 50;

export async function eventually<T>(what: string, look: () => T | undefined | false | Promise<T | undefined | false>) {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) assert.fail(`Waited in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

export function extension(): vscode.Extension<TestApi> {
  const found = vscode.extensions.getExtension<TestApi>('planwright.planwright');
  assert.ok(found, 'The extension is not installed.');
  return found;
}

/** Opens the essay of the workspace, which activates the extension. */
export async function openEssay(): Promise<vscode.TextEditor> {
  const [file] = await vscode.workspace.findFiles('essay.md');
  assert.ok(file, 'The workspace holds no essay.md.');
  const editor = await vscode.window.showTextDocument(file);
  await eventually('activation', () => extension().isActive);
  return editor;
}

/** The text of a new document after a suggestion at its end was asked for and accepted. */
export async function writeOn(document: vscode.TextDocument): Promise<string> {
  const editor = await vscode.window.showTextDocument(document);
  const before = document.getText();
  const end = document.positionAt(before.length);
  editor.selection = new vscode.Selection(end, end);
  await eventually('a suggestion', async () => {
    await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
    // Accepts what is shown, which may not be there yet.
    await new Promise((resolve) => setTimeout(resolve, 500));
    await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
    return document.getText() !== before;
  });
  return document.getText();
}
