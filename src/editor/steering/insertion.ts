import * as vscode from 'vscode';

/**
 * Inserts a text at an offset and puts the cursor behind it.
 * @param begins whether undo stops before it: one undo takes back everything since such a text
 * @returns whether the editor took it; it does not where it is gone, or the document is closed, read-only or changed meanwhile
 */
export async function insert(
  editor: vscode.TextEditor,
  offset: number,
  text: string,
  begins: boolean,
): Promise<boolean> {
  const position = editor.document.positionAt(offset);
  const stops = { undoStopBefore: begins, undoStopAfter: false };
  const taken = await editor.edit((edit) => edit.insert(position, text), stops).then(undefined, () => false);
  if (!taken) return false;
  const after = editor.document.positionAt(offset + text.length);
  editor.selection = new vscode.Selection(after, after);
  editor.revealRange(new vscode.Range(after, after));
  return true;
}
