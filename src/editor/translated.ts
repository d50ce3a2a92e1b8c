import * as vscode from 'vscode';

/** What the engine says of itself, in the editor's language where that is known. */
export function translated(message: string): string {
  return vscode.l10n.bundle?.[message] ?? message;
}
