import * as vscode from 'vscode';
import type { DocumentState } from '../documents/documentState';
import { editorOf, focused } from '../editorOf';
import type { Services } from '../services';
import { whyOff } from '../status/whyOff';

/** Where a command is to steer: what its argument says (a link in a hover, a lens, an item of the tree), else the cursor in the document that the writer is at. */
export interface Place {
  readonly editor: vscode.TextEditor;
  readonly state: DocumentState;
  readonly offset: number;
  readonly label: number | undefined;
  /** Index of a step ahead. */
  readonly step: number;
  /** Where a step is to be moved. */
  readonly to: number | undefined;
}

/** How long the writer is told why nothing happens, in milliseconds. */
const TOLD = 5000;

/** Shows the document where it is not shown. Undefined, with a word to the writer, where Planwright does not work. */
export async function placeOf(services: Services, argument: unknown): Promise<Place | undefined> {
  const { documents, follower } = services;
  const given = (typeof argument === 'object' && argument !== null ? argument : {}) as Record<string, unknown>;
  const number = (name: string): number | undefined =>
    typeof given[name] === 'number' && Number.isInteger(given[name]) ? given[name] : undefined;
  const followed = follower.document?.uri.toString();
  const uri = typeof given.uri === 'string' ? given.uri : followed;
  // Of several editors of one document the one that the writer is in, which is what the plan view is about.
  const own = uri === followed ? follower.editor : undefined;
  const editor = own ?? (uri === undefined ? undefined : await editorOf(uri));
  const state = editor && documents.get(editor.document);
  if (editor === undefined || state === undefined) {
    const why = editor && whyOff(services, editor.document);
    void vscode.window.setStatusBarMessage(why ?? vscode.l10n.t('Planwright: open a Markdown document first'), TOLD);
    return undefined;
  }
  const cursor = editor.document.offsetAt(editor.selection.active);
  const offset = Math.max(0, Math.min(number('offset') ?? cursor, state.text.length));
  return { editor, state, offset, label: number('label'), step: number('index') ?? 0, to: number('to') };
}

/** Puts the cursor at an offset and the focus into the text, so that what is suggested there is seen. @returns the editor that has them */
export async function goTo({ editor }: Place, offset: number): Promise<vscode.TextEditor> {
  const position = editor.document.positionAt(offset);
  const shown = await focused(editor);
  if (!shown.selection.isEmpty || !shown.selection.active.isEqual(position)) {
    shown.selection = new vscode.Selection(position, position);
  }
  shown.revealRange(new vscode.Range(position, position), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  return shown;
}
