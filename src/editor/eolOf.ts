import * as vscode from 'vscode';
import type { Eol } from './withEol';

/** The line ends of a document. */
export function eolOf({ eol }: vscode.TextDocument): Eol {
  return eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
}
