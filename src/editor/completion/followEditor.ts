import * as vscode from 'vscode';
import type { DocumentState } from '../documents/documentState';
import type { Services } from '../services';
import type { Completer } from './completer';
import { steeringKey } from './conditions';
import type { Counters } from './counters';
import { keystrokeOf } from './keystroke';
import type { SuggestionProvider } from './provider';

/**
 * Until the cursor counts as moved, in milliseconds: while a suggestion is accepted the editor tells of the text and of one or two cursors, one
 * after another.
 */
const SETTLED = 25;
/** Until a list or menu in which something was pinned has given the focus back to the text: without it there is no ghost text. */
const FOCUSED = 50;

/** Keeps what is offered and what is being generated in step with what happens in the editor. */
export function followEditor(
  { activity, documents, log }: Services,
  completer: Completer,
  provider: SuggestionProvider,
  counters: Counters,
): vscode.Disposable {
  let settling: NodeJS.Timeout | undefined;
  let focusing: NodeJS.Timeout | undefined;
  const isConcerned = (key: string): boolean => completer.offers.current?.key === key || completer.isBusy(key);

  const onEdit = (state: DocumentState, event: vscode.TextDocumentChangeEvent): void => {
    const changes = event.contentChanges;
    const undone = event.reason !== undefined;
    const advance = completer.offers.edited(state.key, state.text, undone);
    completer.edited(state.key, Math.min(...changes.map(({ rangeOffset }) => rangeOffset)));
    const seen = changes.map(({ rangeLength, text }) => ({ replaced: rangeLength, inserted: text }));
    const keystroke = keystrokeOf(seen, advance, undone);
    if (keystroke === 'typed') completer.debounce.typed(performance.now());
    if (keystroke === 'other' && !undone) completer.debounce.changed(performance.now());
    if (keystroke === 'accepted-part' || keystroke === 'accepted-whole') completer.debounce.accepted();
    // A whole one is counted by its command, a sentence by its own.
    if (keystroke === 'accepted-part' && advance.kind === 'along' && !completer.isAccepting) {
      counters.accepted('parts', advance.by);
      log.debug(`A part of ${advance.by} characters of a suggestion was accepted.`);
    }
  };

  const onCursor = (): void => {
    const editor = vscode.window.activeTextEditor;
    const key = editor?.document.uri.toString();
    const state = editor && key !== undefined && isConcerned(key) ? documents.get(editor.document) : undefined;
    if (!editor || !state) return;
    completer.moved({ key: state.key, text: state.text, offset: editor.document.offsetAt(editor.selection.active) });
  };

  const onSteer = (state: DocumentState): void => {
    const editor = vscode.window.activeTextEditor;
    if (editor?.document.uri.toString() !== state.key) return;
    const { text, steering } = state;
    const offset = editor.document.offsetAt(editor.selection.active);
    const since = (from: number): string => steeringKey(steering, from, offset);
    const isSteered = since(offset) !== '';
    const shown = isConcerned(state.key);
    if (completer.offers.at({ key: state.key, text, offset }, since).length > 0 || !(isSteered || shown)) return;
    completer.stop();
    clearTimeout(focusing);
    focusing = setTimeout(() => {
      void (async () => {
        await provider.triggerAnew(state.key, isSteered ? 'steered' : 'continued');
      })();
    }, FOCUSED);
  };

  const subscriptions = [
    documents.onDidEdit(({ state, event }) => onEdit(state, event)),
    documents.onDidSteer(onSteer),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
      if (!isConcerned(textEditor.document.uri.toString())) return;
      clearTimeout(settling);
      settling = setTimeout(onCursor, SETTLED);
    }),
    vscode.window.onDidChangeActiveTextEditor((editor) => {
      const key = editor?.document.uri.toString();
      if (key === undefined || !isConcerned(key)) completer.stop();
      // Perhaps another one of the same document, with a cursor of its own.
      else onCursor();
    }),
    activity.onDidChange(() => {
      const document = vscode.window.activeTextEditor?.document;
      if (document === undefined || !activity.of(document).on) completer.stop();
    }),
  ];
  return new vscode.Disposable(() => {
    clearTimeout(settling);
    clearTimeout(focusing);
    for (const subscription of subscriptions) subscription.dispose();
  });
}
