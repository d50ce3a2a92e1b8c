import * as vscode from 'vscode';
import { editorOf } from '../editorOf';

/** `planwright.explain`: puts the caret at a place and shows its hover. What a lens does when it is clicked. */
export async function explain(argument: unknown): Promise<void> {
  const place = placeOf(argument);
  const editor = place && (await editorOf(place.uri));
  if (place === undefined || editor === undefined) return;
  const { document, viewColumn } = editor;
  const position = document.positionAt(place.offset);
  const range = new vscode.Range(position, position);
  if (editor === vscode.window.activeTextEditor) {
    editor.selection = new vscode.Selection(position, position);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  } else {
    await vscode.window.showTextDocument(document, {
      selection: range,
      ...(viewColumn !== undefined && { viewColumn }),
    });
  }
  await vscode.commands.executeCommand('editor.action.showHover');
}

function placeOf(argument: unknown): { uri: string; offset: number } | undefined {
  if (typeof argument !== 'object' || argument === null || !('uri' in argument) || !('offset' in argument)) return;
  const { uri, offset } = argument;
  return typeof uri === 'string' && typeof offset === 'number' ? { uri, offset } : undefined;
}
