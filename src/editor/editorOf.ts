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
