import * as vscode from 'vscode';
import type { DocumentState } from '../documents/documentState';
import type { Services } from '../services';

/** Why the view looks at the document anew. */
export type Occasion = 'moved' | 'edited' | 'other';

/** How long cursor and text must rest before the view follows them. */
const REST_MS = 250;

/** Which document the plan view is about, and where its writer is: the last one that Planwright could work in, whatever has the focus since. */
export class Follower implements vscode.Disposable {
  private readonly subscriptions: readonly vscode.Disposable[];
  private followed: vscode.TextDocument | undefined;
  private cursor = 0;
  private timer: NodeJS.Timeout | undefined;
  private occasion: Occasion = 'other';

  /** @param onRest called when the document, its plan or the cursor has changed and then rested */
  constructor(
    private readonly services: Services,
    private readonly onRest: (occasion: Occasion) => void,
  ) {
    const { activity, documents } = services;
    this.follow(vscode.window.activeTextEditor);
    this.subscriptions = [
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        this.follow(editor);
        this.soon('other');
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (textEditor !== vscode.window.activeTextEditor) return;
        this.follow(textEditor);
        this.soon('moved');
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (document === this.followed) this.followed = undefined;
        this.soon('other');
      }),
      // Another language is, to the editor, another document.
      vscode.workspace.onDidOpenTextDocument((document) => {
        if (document !== vscode.window.activeTextEditor?.document) return;
        this.follow(vscode.window.activeTextEditor);
        this.soon('other');
      }),
      documents.onDidEdit(() => this.soon('edited')),
      documents.onDidPlan(() => this.soon('other')),
      activity.onDidChange(() => this.soon('other')),
    ];
  }

  get document(): vscode.TextDocument | undefined {
    return this.followed;
  }

  /** Of the document, where Planwright works in it. */
  get state(): DocumentState | undefined {
    return this.followed && this.services.documents.get(this.followed);
  }

  get offset(): number {
    return this.cursor;
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private follow(editor: vscode.TextEditor | undefined): void {
    if (editor === undefined) return;
    const verdict = this.services.activity.of(editor.document);
    // A log, a diff or a program beside the text leaves the plan where it was.
    if (!verdict.on && (verdict.reason === 'language' || verdict.reason === 'scheme')) return;
    this.followed = editor.document;
    this.cursor = editor.document.offsetAt(editor.selection.active);
  }

  private soon(occasion: Occasion): void {
    // Typing moves the cursor too.
    if (this.occasion !== 'edited') this.occasion = occasion;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const found = this.occasion;
      this.occasion = 'other';
      this.onRest(found);
    }, REST_MS);
  }
}
