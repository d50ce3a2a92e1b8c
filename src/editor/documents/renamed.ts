import type * as vscode from 'vscode';

/** A file or folder and its new name. */
export interface Rename {
  readonly oldUri: vscode.Uri;
  readonly newUri: vscode.Uri;
}

/** The new name of a file that was renamed, or lies in a folder that was; undefined where it kept its name. A notebook's cells are named as the notebook. */
export function renamed(uri: vscode.Uri, renames: readonly Rename[]): vscode.Uri | undefined {
  const { path, scheme } = uri;
  const isFile = (other: vscode.Uri): boolean => other.scheme === scheme || scheme === 'vscode-notebook-cell';
  const found = renames.find(
    ({ oldUri }) => isFile(oldUri) && (path === oldUri.path || path.startsWith(`${oldUri.path}/`)),
  );
  return found && uri.with({ path: found.newUri.path + path.slice(found.oldUri.path.length) });
}
