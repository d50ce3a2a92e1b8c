import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, extension, openEssay } from './support';

describe('while Planwright is off', () => {
  it('pins stay, move with the text, and hold again afterwards; no process runs', async () => {
    const { services } = extension().exports;
    const { activity, documents, engine } = services;
    const { document } = await openEssay();
    const end = document.getText().length;
    const state = documents.get(document);
    assert.ok(state);
    state.steering.set(end, { pins: [3, 4], never: [5] });
    await eventually('the engine', () => engine.state.kind === 'ready');
    activity.snooze(5);
    try {
      assert.equal(documents.get(document), undefined);
      await eventually('the end of the engine', () => engine.state.kind === 'stopped');
      const edit = new vscode.WorkspaceEdit();
      edit.insert(document.uri, document.positionAt(document.getText().indexOf('People')), 'Well, ');
      assert.equal(await vscode.workspace.applyEdit(edit), true);
    } finally {
      activity.snooze(0);
    }
    const again = documents.get(document);
    assert.ok(again);
    assert.equal(again.text, document.getText());
    assert.deepEqual(again.steering.wishes(document.getText().length), { pins: [3, 4], never: [5] });
    await eventually('a plan', () => again.plan.isCurrent);
    again.steering.clear();
    await vscode.commands.executeCommand('undo');
  });
});

describe('a notebook', () => {
  it('is turned off as a whole, and on again', async () => {
    const { activity } = extension().exports.services;
    const cells = ['One.', 'Two.'].map(
      (text) => new vscode.NotebookCellData(vscode.NotebookCellKind.Markup, text, 'markdown'),
    );
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', new vscode.NotebookData(cells));
    const [first, second] = notebook.getCells().map(({ document }) => document);
    assert.ok(first && second);
    await activity.setFileOff(first.uri, true);
    for (const document of [first, second]) assert.deepEqual(activity.of(document), { on: false, reason: 'file' });
    await activity.setFileOff(second.uri, false);
    for (const document of [first, second]) assert.deepEqual(activity.of(document), { on: true });
  });
});

describe('a document that gets another name', () => {
  const folder = (): vscode.Uri => vscode.workspace.workspaceFolders![0]!.uri;
  const wishes = { pins: [7], never: [] };

  /** Pins something behind the text, and turns the document off. */
  async function decide(document: vscode.TextDocument): Promise<void> {
    const { activity, documents } = extension().exports.services;
    documents.get(document)!.steering.set(document.getText().length, wishes);
    await activity.setFileOff(document.uri, true);
  }

  /** What was decided in one document holds in that of another name. */
  async function holds(uri: vscode.Uri): Promise<void> {
    const { activity, documents } = extension().exports.services;
    const document = await eventually('the document under its new name', () =>
      vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString()),
    );
    await eventually('Planwright to be off in it', () => activity.isFileOff(uri));
    await activity.setFileOff(uri, false);
    await eventually(
      'its pins',
      () => documents.get(document)?.steering.wishes(document.getText().length).pins[0] === 7,
    );
    documents.get(document)!.steering.clear();
  }

  it('keeps its pins and stays off when it is saved for the first time', async () => {
    await openEssay();
    const file = vscode.Uri.joinPath(folder(), 'first.md');
    const document = await vscode.workspace.openTextDocument(file.with({ scheme: 'untitled' }));
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'A sentence without a name.  '));
    await decide(document);
    try {
      assert.equal(await document.save(), true);
      await holds(file);
    } finally {
      await vscode.workspace.fs.delete(file);
    }
  });

  it('keeps its pins and stays off when its folder is renamed', async () => {
    const [before, after] = ['before', 'after'].map((name) => vscode.Uri.joinPath(folder(), name)) as [
      vscode.Uri,
      vscode.Uri,
    ];
    const [old, renamed] = [before, after].map((uri) => vscode.Uri.joinPath(uri, 'note.md')) as [
      vscode.Uri,
      vscode.Uri,
    ];
    await vscode.workspace.fs.writeFile(old, new TextEncoder().encode('A sentence in a folder.\n'));
    try {
      const document = await vscode.workspace.openTextDocument(old);
      await vscode.window.showTextDocument(document);
      await decide(document);
      const edit = new vscode.WorkspaceEdit();
      edit.renameFile(before, after);
      assert.equal(await vscode.workspace.applyEdit(edit), true);
      await holds(renamed);
      assert.equal(extension().exports.services.activity.isFileOff(old), false);
    } finally {
      await vscode.workspace.fs.delete(after, { recursive: true });
    }
  });
});
