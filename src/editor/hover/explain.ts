import * as vscode from 'vscode';

/** `planwright.explain`: puts the caret at a place and shows its hover. What a lens does when it is clicked. */
export async function explain(argument: unknown): Promise<void> {
  const place = placeOf(argument);
  const document = place && vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === place.uri);
  if (place === undefined || document === undefined) return;
  const position = document.positionAt(place.offset);
  const range = new vscode.Range(position, position);
  const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  if (shown !== undefined && shown === vscode.window.activeTextEditor) {
    shown.selection = new vscode.Selection(position, position);
    shown.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  } else {
    await vscode.window.showTextDocument(document, {
      selection: range,
      ...(shown?.viewColumn !== undefined && { viewColumn: shown.viewColumn }),
    });
  }
  await vscode.commands.executeCommand('editor.action.showHover');
}

function placeOf(argument: unknown): { uri: string; offset: number } | undefined {
  if (typeof argument !== 'object' || argument === null || !('uri' in argument) || !('offset' in argument)) return;
  const { uri, offset } = argument;
  return typeof uri === 'string' && typeof offset === 'number' ? { uri, offset } : undefined;
}
