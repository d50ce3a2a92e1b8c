import * as vscode from 'vscode';

/** Between the closing of a document and the opening of the one that takes its place, in either order, in milliseconds. */
const PATIENCE_MS = 2000;

/** A document, closed or about to be, and the one that is it from now on. */
export interface Succession {
  readonly from: vscode.TextDocument;
  readonly to: vscode.TextDocument;
}

interface Event {
  readonly document: vscode.TextDocument;
  readonly at: number;
}

/**
 * Follows documents from one name to the next. To the editor one that is renamed is closed, and another with the same text opened, in either order; one that
 * gets its first name is emptied and closed after its text was put into another. Nothing else says that they are the same.
 */
export class Successors implements vscode.Disposable {
  private readonly succeeded = new vscode.EventEmitter<Succession>();
  /** After all have heard of what it is seen by. */
  readonly onDidSucceed = this.succeeded.event;
  private opened: readonly Event[] = [];
  private closed: readonly Event[] = [];
  private readonly subscription: vscode.Disposable;

  constructor() {
    this.subscription = vscode.Disposable.from(
      this.succeeded,
      vscode.workspace.onDidOpenTextDocument((to) => {
        const from = recent(this.closed).find(({ document }) => isSame(document, to))?.document;
        if (from) this.closed = without(this.closed, from);
        this.opened = [...recent(this.opened), { document: to, at: performance.now() }];
        if (from) this.tell({ from, to });
      }),
      vscode.workspace.onDidChangeTextDocument(({ document: to }) => {
        if (!recent(this.opened).some(({ document }) => document === to)) return;
        const from = vscode.workspace.textDocuments.find((each) => each.isUntitled && isSame(each, to));
        if (from) this.tell({ from, to });
      }),
      vscode.workspace.onDidCloseTextDocument((from) => {
        const to = recent(this.opened).find(({ document }) => isSame(from, document))?.document;
        if (to) this.tell({ from, to });
        else this.closed = [...recent(this.closed), { document: from, at: performance.now() }];
      }),
    );
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private tell(succession: Succession): void {
    queueMicrotask(() => this.succeeded.fire(succession));
  }
}

function recent(events: readonly Event[]): readonly Event[] {
  const since = performance.now() - PATIENCE_MS;
  return events.filter(({ at }) => at > since);
}

function without(events: readonly Event[], document: vscode.TextDocument): readonly Event[] {
  return events.filter((event) => event.document !== document);
}

/** Saving may take off or add white space at the end. */
function isSame(from: vscode.TextDocument, to: vscode.TextDocument): boolean {
  if (from === to || from.languageId !== to.languageId) return false;
  const text = from.getText().trimEnd();
  return text !== '' && text === to.getText().trimEnd();
}
