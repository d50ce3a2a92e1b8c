import * as vscode from 'vscode';
import type { Services } from '../services';
import type { Completer } from './completer';
import { steeringKey } from './conditions';
import type { Counters } from './counters';
import type { SuggestionProvider } from './provider';
import { firstSentenceLength } from './firstSentence';
import type { Place } from './place';

/** For how long it is said that there is nothing, in milliseconds. */
const TOLD = 3000;
/** One undo takes back what was accepted, and nothing else. */
const OWN_UNDO = { undoStopBefore: true, undoStopAfter: true };

/** Inserts what is offered up to the end of its first sentence, and has the rest of it shown. */
export async function acceptSentence(
  { documents, log }: Services,
  completer: Completer,
  provider: SuggestionProvider,
  counters: Counters,
): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const state = editor && documents.get(editor.document);
  const { offers, debounce } = completer;
  const offset = editor?.document.offsetAt(editor.selection.active) ?? 0;
  const place = state && { key: state.key, text: state.text, offset };
  const items = place ? offers.at(place, (from) => steeringKey(state.steering, from, offset)) : [];
  if (!editor || !place || items.length === 0) {
    void vscode.window.setStatusBarMessage(vscode.l10n.t('There is no suggestion to accept.'), TOLD);
    return;
  }
  const accept = items.length > 1 ? acceptShown : insertSentence;
  const length = await completer.whileAccepting(() => accept(editor, place, items[0]!.text));
  if (length === undefined) {
    log.debug('No sentence was accepted: the document changed meanwhile, or nothing was shown.');
    return;
  }
  debounce.accepted();
  // Of several, the editor accepted one, which is counted where it says so.
  if (accept === insertSentence) counters.accepted('sentences', length);
  log.debug(`A sentence of ${length} characters was accepted.`);
  await provider.trigger(state.key, 'continued');
}

/** Inserts the first sentence of the only suggestion, at every cursor, as the editor does with the whole of it. @returns its length; undefined where it could not be inserted */
async function insertSentence(
  editor: vscode.TextEditor,
  place: Place,
  suggestion: string,
): Promise<number | undefined> {
  const sentence = suggestion.slice(0, firstSentenceLength(place.text, place.offset, suggestion));
  const cursors = editor.selections.map(({ active }) => active);
  const insert = (builder: vscode.TextEditorEdit): void => cursors.forEach((at) => builder.insert(at, sentence));
  if (!(await editor.edit(insert, OWN_UNDO))) return undefined;
  if (cursors.length > 1) return sentence.length;
  const end = editor.document.positionAt(place.offset + sentence.length);
  if (!editor.selection.active.isEqual(end)) editor.selection = new vscode.Selection(end, end);
  return sentence.length;
}

/**
 * Accepts that of several suggestions which is on the screen, and takes off what follows its first sentence. The editor does not tell which one it shows, and
 * goes back to the first as soon as a word is accepted (seen in VS Code 1.139): accepting all of it is the way to know.
 */
async function acceptShown(editor: vscode.TextEditor, place: Place): Promise<number | undefined> {
  const { document } = editor;
  const before = document.getText().length;
  const cursors = editor.selections.length;
  await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
  // At several cursors the editor inserts it at each of them: what came where is not known well enough to take some of it off again.
  if (cursors > 1) return (document.getText().length - before) / cursors || undefined;
  const end = place.offset + document.getText().length - before;
  const range = (from: number): vscode.Range =>
    new vscode.Range(document.positionAt(place.offset + from), document.positionAt(end));
  const accepted = document.getText(range(0));
  if (accepted === '') return undefined;
  const length = firstSentenceLength(place.text, place.offset, accepted);
  if (length < accepted.length) {
    await editor.edit((builder) => builder.delete(range(length)), { undoStopBefore: false, undoStopAfter: true });
  }
  return length;
}
