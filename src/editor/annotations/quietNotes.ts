import * as vscode from 'vscode';
import type { Services } from '../services';
import { Debounced } from './debounced';
import { notesFor, onNotesMayChange } from './noteSource';
import { quietText } from './quietText';

/** Notes follow typing and scrolling after this pause. */
const PAUSE_MS = 120;
/** Lines beyond the window's edges that are noted too, so that slow scrolling finds the notes there. */
const MARGIN = 30;

/** The quiet style: notes in faint text on the blank line above a paragraph, which is there anyway, so that nothing moves. */
export class QuietNotes implements vscode.Disposable {
  private readonly decoration = vscode.window.createTextEditorDecorationType({
    after: { color: new vscode.ThemeColor('editorCodeLens.foreground'), fontStyle: 'italic' },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  private readonly draw = new Debounced(() => this.drawVisible(), PAUSE_MS);
  /** Editors that hold notes, to be cleared when there are none any more. */
  private readonly drawn = new Set<vscode.TextEditor>();
  private readonly subscription: vscode.Disposable;

  constructor(private readonly services: Services) {
    this.subscription = vscode.Disposable.from(
      this.decoration,
      this.draw,
      onNotesMayChange(services, this.draw.call),
      services.documents.onDidEdit(this.draw.call),
      // A document whose language changes is opened anew, in the editors that show it already.
      vscode.workspace.onDidOpenTextDocument(this.draw.call),
      vscode.window.onDidChangeTextEditorVisibleRanges(this.draw.call),
      // Where the caret stands, ghost text may come.
      vscode.window.onDidChangeTextEditorSelection(this.draw.call),
      vscode.window.onDidChangeVisibleTextEditors((editors) => {
        for (const editor of this.drawn) if (!editors.includes(editor)) this.drawn.delete(editor);
        this.draw.call();
      }),
    );
    this.draw.call();
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private drawVisible(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const options = this.optionsFor(editor);
      if (options.length === 0 && !this.drawn.has(editor)) continue;
      editor.setDecorations(this.decoration, options);
      if (options.length > 0) this.drawn.add(editor);
      else this.drawn.delete(editor);
    }
  }

  private optionsFor(editor: vscode.TextEditor): vscode.DecorationOptions[] {
    const { document } = editor;
    const carets = new Set(editor.selections.map(({ active }) => active.line));
    return notesFor(this.services, document, 'quiet').flatMap((note) => {
      const line = document.positionAt(note.start).line - 1;
      if (line < 0 || carets.has(line) || !isNearWindow(editor, line)) return [];
      const { range, isEmptyOrWhitespace } = document.lineAt(line);
      const contentText = quietText(note);
      if (!isEmptyOrWhitespace || contentText === undefined) return [];
      const end = new vscode.Range(range.end, range.end);
      return [{ range: end, renderOptions: { after: { contentText } } }];
    });
  }
}

function isNearWindow(editor: vscode.TextEditor, line: number): boolean {
  return editor.visibleRanges.some(({ start, end }) => line >= start.line - MARGIN && line <= end.line + MARGIN);
}
