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
