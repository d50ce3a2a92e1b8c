import * as vscode from 'vscode';
import type { DocumentState } from '../documents/documentState';
import { editorOf } from '../editorOf';
import type { Services } from '../services';

/** Where a command is to steer: what its argument says (a link in a hover, a lens, an item of the tree), else the cursor. */
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

/** Shows the document where it is not shown. Undefined, with a word to the writer, where Planwright does not work. */
export async function placeOf({ documents }: Services, argument: unknown): Promise<Place | undefined> {
  const given = (typeof argument === 'object' && argument !== null ? argument : {}) as Record<string, unknown>;
  const number = (name: string): number | undefined =>
    typeof given[name] === 'number' && Number.isInteger(given[name]) ? given[name] : undefined;
  const isOurs = ({ document }: vscode.TextEditor): boolean => documents.get(document) !== undefined;
  // Without a text that has the focus (the walkthrough has it, say) the one that is shown.
  const atHand = vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors.find(isOurs);
  const editor = typeof given.uri === 'string' ? await editorOf(given.uri) : atHand;
  const state = editor && documents.get(editor.document);
  if (editor === undefined || state === undefined) {
    void vscode.window.setStatusBarMessage(vscode.l10n.t('Planwright: open a Markdown document first'), 5000);
    return undefined;
  }
  const cursor = editor.document.offsetAt(editor.selection.active);
  const offset = Math.max(0, Math.min(number('offset') ?? cursor, state.text.length));
  return { editor, state, offset, label: number('label'), step: number('index') ?? 0, to: number('to') };
}

/** Puts the cursor at an offset and the focus into the text, so that what is suggested there is seen. */
export async function goTo({ editor }: Place, offset: number): Promise<void> {
  const position = editor.document.positionAt(offset);
  const shown = await vscode.window.showTextDocument(editor.document, {
    ...(editor.viewColumn !== undefined && { viewColumn: editor.viewColumn }),
  });
  if (!shown.selection.isEmpty || !shown.selection.active.isEqual(position)) {
    shown.selection = new vscode.Selection(position, position);
  }
  shown.revealRange(new vscode.Range(position, position), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
