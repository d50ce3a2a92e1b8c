import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, extension, openEssay, writeOn } from './support';

const TEXT = '# Bread\n\nPeople have baked bread for thousands of years. This is one of the ';

describe('completion', () => {
  before(openEssay);

  it('writes on in a document that was never saved', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: TEXT });
    const text = await writeOn(document);
    assert.ok(text.startsWith(TEXT) && text.trim().length > TEXT.trim().length, text);
  });

  it('writes on in a document with Windows line ends', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: 'x' });
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((edit) => edit.setEndOfLine(vscode.EndOfLine.CRLF));
    await editor.edit((edit) => edit.replace(new vscode.Range(0, 0, 0, 1), TEXT));
    const before = document.getText();
    assert.ok(before.includes('\r\n'));
    const text = await writeOn(document);
    assert.ok(text.startsWith(before), JSON.stringify(text));
    assert.ok(!/[^\r]\n/.test(text), JSON.stringify(text));
  });

  it('writes on in a Markdown cell of a notebook', async () => {
    const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Markup, TEXT, 'markdown');
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', new vscode.NotebookData([cell]));
    await vscode.window.showNotebookDocument(notebook);
    await vscode.commands.executeCommand('notebook.cell.edit');
    const { document } = notebook.cellAt(0);
    const editor = await eventually('the editor of the cell', () =>
      vscode.window.visibleTextEditors.find((visible) => visible.document === document),
    );
    assert.equal(editor.document.languageId, 'markdown');
    await eventually('a suggestion', async () => {
      const end = document.positionAt(document.getText().length);
      editor.selection = new vscode.Selection(end, end);
      await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
      await new Promise((resolve) => setTimeout(resolve, 500));
      await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
      return document.getText() !== TEXT;
    });
    assert.ok(document.getText().startsWith(TEXT));
  });

  it('stops the engine when turned off, and starts it again when turned on', async () => {
    const { engine } = extension().exports.services;
    const settings = vscode.workspace.getConfiguration('planwright');
    await settings.update('enable', false, vscode.ConfigurationTarget.Global);
    await eventually('the end of the engine', () => engine.state.kind === 'stopped');
    assert.equal(await engine.memory(), undefined);
    await settings.update('enable', undefined, vscode.ConfigurationTarget.Global);
    await openEssay();
    await eventually('the engine', () => engine.state.kind === 'ready');
  });
});
