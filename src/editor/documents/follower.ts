import * as vscode from 'vscode';
import type { Activity } from '../activity';
import { Signal } from '../signal';
import type { DocumentState } from './documentState';
import type { DocumentStore } from './documentStore';

/** Why it is looked at the document anew. */
export type Occasion = 'moved' | 'edited' | 'other';

/** How long cursor and text must rest before they are followed. */
const REST_MS = 250;

/** Which document the writer is at, and where: the last one that Planwright could work in, whatever has the focus since. */
export class Follower implements vscode.Disposable {
  /** The document, its plan or the cursor has changed and then rested. */
  readonly rested = new Signal<Occasion>();
  private readonly subscriptions: readonly vscode.Disposable[];
  private followed: vscode.TextDocument | undefined;
  private followedIn: vscode.TextEditor | undefined;
  private cursor = 0;
  private timer: NodeJS.Timeout | undefined;
  private occasion: Occasion = 'other';

  constructor(
    private readonly activity: Activity,
    private readonly documents: DocumentStore,
  ) {
    this.followVisible();
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
        if (document !== this.followed) return;
        this.followed = undefined;
        this.followVisible(document);
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

  /** The editor in which the writer is, or was last; undefined where it is not on the screen any more. */
  get editor(): vscode.TextEditor | undefined {
    return vscode.window.visibleTextEditors.find((editor) => editor === this.followedIn);
  }

  /** Of the document, where Planwright works in it. */
  get state(): DocumentState | undefined {
    return this.followed && this.documents.get(this.followed);
  }

  get offset(): number {
    return this.cursor;
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** The text that has the focus; without one (the walkthrough has it, say) one that is on the screen. @param closed a document that it is not */
  private followVisible(closed?: vscode.TextDocument): void {
    const { activeTextEditor, visibleTextEditors } = vscode.window;
    for (const editor of [activeTextEditor, ...visibleTextEditors]) {
      if (this.followed === undefined && editor?.document !== closed) this.follow(editor);
    }
  }

  private follow(editor: vscode.TextEditor | undefined): void {
    if (editor === undefined) return;
    const verdict = this.activity.of(editor.document);
    // A log, a diff or a program beside the text leaves the plan where it was.
    if (!verdict.on && (verdict.reason === 'language' || verdict.reason === 'scheme')) return;
    this.followed = editor.document;
    this.followedIn = editor;
    this.cursor = editor.document.offsetAt(editor.selection.active);
  }

  private soon(occasion: Occasion): void {
    // Typing moves the cursor too.
    if (this.occasion !== 'edited') this.occasion = occasion;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const found = this.occasion;
      this.occasion = 'other';
      this.rested.emit(found);
    }, REST_MS);
  }
}
