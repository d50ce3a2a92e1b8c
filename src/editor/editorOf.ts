import * as vscode from 'vscode';

/** The editor that shows a document: the active one before others; it is shown where no editor does. Undefined where it is not open. */
export async function editorOf(uri: string): Promise<vscode.TextEditor | undefined> {
  const matches = (document: vscode.TextDocument): boolean => document.uri.toString() === uri;
  const active = vscode.window.activeTextEditor;
  if (active && matches(active.document)) return active;
  const shown = vscode.window.visibleTextEditors.find(({ document }) => matches(document));
  if (shown) return shown;
  const document = vscode.workspace.textDocuments.find(matches);
  return document && vscode.window.showTextDocument(document);
}

/** Puts the focus into an editor's text. @returns the editor that has it */
export async function focused(editor: vscode.TextEditor): Promise<vscode.TextEditor> {
  const { document, viewColumn } = editor;
  // One side of a comparison has no column: shown as a document, it would take the comparison's place. A cell of a notebook is found by its document.
  if (editor === vscode.window.activeTextEditor && document.uri.scheme !== 'vscode-notebook-cell') {
    await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
    return editor;
  }
  return vscode.window.showTextDocument(document, viewColumn === undefined ? {} : { viewColumn });
}
