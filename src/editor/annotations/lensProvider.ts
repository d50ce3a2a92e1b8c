import * as vscode from 'vscode';
import type { Services } from '../services';
import { Debounced } from './debounced';
import { notesFor, onNotesMayChange } from './noteSource';
import type { ParagraphNote } from './paragraphNotes';
import { lensTitle } from './titles';

/** Plan, names and steering often change together: the lenses are looked at once for all of them. */
const BURST_MS = 40;

/**
 * One line above each paragraph: what its sentences do, and what is expected behind it. Lenses are complete at once, from what is known, and
 * never wait for the model. The editor asks again after each edit by itself; it is told to ask only where something shown has changed.
 */
export class LensProvider implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;
  /** What each document's lenses say, by URI. */
  private readonly shown = new Map<string, string>();
  private readonly compare = new Debounced(() => this.fireIfChanged(), BURST_MS);
  private readonly subscription: vscode.Disposable;

  constructor(private readonly services: Services) {
    this.subscription = vscode.Disposable.from(
      this.changed,
      this.compare,
      onNotesMayChange(services, this.compare.call),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.shown.delete(uri.toString())),
    );
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const began = performance.now();
    const notes = notesFor(this.services, document, 'lens');
    this.shown.set(document.uri.toString(), said(notes));
    const lenses = notes.flatMap((note) => lensesOf(document, note));
    this.services.timings.record('lenses', performance.now() - began);
    return lenses;
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private fireIfChanged(): void {
    const changed = vscode.workspace.textDocuments.some((document) => {
      const before = this.shown.get(document.uri.toString());
      return before !== undefined && before !== said(notesFor(this.services, document, 'lens'));
    });
    if (changed) this.changed.fire();
  }
}

function lensesOf(document: vscode.TextDocument, note: ParagraphNote): vscode.CodeLens[] {
  const { line } = document.positionAt(note.start);
  const range = new vscode.Range(line, 0, line, 0);
  const uri = document.uri.toString();
  return [
    new vscode.CodeLens(range, {
      title: lensTitle(note.labels, false),
      tooltip: note.fullLabels,
      command: 'planwright.explain',
      arguments: [{ uri, offset: note.start }],
    }),
    new vscode.CodeLens(range, {
      title: lensTitle(note.next, note.pinned),
      tooltip: vscode.l10n.t('Steer what comes next'),
      command: 'planwright.steer',
      arguments: [{ uri, offset: note.end }],
    }),
  ];
}

function said(notes: readonly ParagraphNote[]): string {
  return notes.map(({ labels, next, pinned }) => `${labels}\t${next}\t${pinned}`).join('\n');
}
