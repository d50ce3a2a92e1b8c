import * as vscode from 'vscode';
import { editorOf, focused } from '../editorOf';

/** Goes to a span of a document, and shows all of it. */
export async function reveal(uri: string, { start, end }: { start: number; end: number }): Promise<void> {
  const editor = await editorOf(uri);
  if (editor === undefined) return;
  const { document } = editor;
  const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
  const shown = await focused(editor);
  shown.selection = new vscode.Selection(range.start, range.start);
  shown.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
