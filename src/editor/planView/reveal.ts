import * as vscode from 'vscode';

/** `planwright.reveal`: goes to a sentence, given as {uri, offset, end}. */
export async function reveal(argument: unknown): Promise<void> {
  if (!isPlace(argument)) return;
  const { uri, offset, end } = argument;
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri);
  if (document === undefined) return;
  const range = new vscode.Range(document.positionAt(offset), document.positionAt(end));
  const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  const editor = await vscode.window.showTextDocument(document, {
    ...(shown?.viewColumn !== undefined && { viewColumn: shown.viewColumn }),
  });
  editor.selection = new vscode.Selection(range.start, range.start);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

function isPlace(value: unknown): value is { uri: string; offset: number; end: number } {
  if (typeof value !== 'object' || value === null) return false;
  const { uri, offset, end } = value as Record<string, unknown>;
  return typeof uri === 'string' && typeof offset === 'number' && typeof end === 'number';
}
