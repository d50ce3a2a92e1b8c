import * as vscode from 'vscode';
import { renamed, type Rename } from './renamed';

/** How long after each other a document is closed and the one that takes its place opened, in either order, in milliseconds. */
const PATIENCE_MS = 2000;

/** A document that was closed, and the one that is it from now on. */
export interface Succession {
  readonly from: vscode.TextDocument;
  readonly to: vscode.TextDocument;
}

type At<T> = T & { readonly at: number };

/**
 * Follows documents from one name to the next: to the editor that is another document. Of one that is renamed it tells the names; one that gets its first name
 * is emptied and closed once its text stands in another that was just opened, and that is all there is to tell.
 */
export class Successors implements vscode.Disposable {
  private readonly succeeded = new vscode.EventEmitter<Succession>();
  /** After all have heard of the closing. */
  readonly onDidSucceed = this.succeeded.event;
  private opened: readonly At<{ readonly document: vscode.TextDocument }>[] = [];
  private closed: readonly At<{ readonly document: vscode.TextDocument }>[] = [];
  private renames: readonly At<Rename>[] = [];
  /** Documents without a name whose text came to stand in another one. */
  private copied: readonly At<Succession>[] = [];
  private readonly subscription: vscode.Disposable;

  constructor() {
    this.subscription = vscode.Disposable.from(
      this.succeeded,
      vscode.workspace.onDidOpenTextDocument((document) => {
        this.opened = noted(this.opened, { document });
        this.settle();
      }),
      vscode.workspace.onDidChangeTextDocument(({ document: to }) => {
        if (to.isUntitled || !recent(this.opened).some(({ document }) => document === to)) return;
        const from = vscode.workspace.textDocuments.find((each) => each.isUntitled && isSame(each, to));
        if (from) this.copied = noted(this.copied, { from, to });
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.closed = noted(this.closed, { document });
        this.settle();
      }),
      vscode.workspace.onDidRenameFiles(({ files }) => {
        for (const file of files) this.renames = noted(this.renames, file);
        this.settle();
      }),
    );
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private settle(): void {
    for (const { document: from } of recent(this.closed)) {
      const to = this.heirOf(from);
      if (to === undefined) continue;
      this.closed = this.closed.filter(({ document }) => document !== from);
      queueMicrotask(() => this.succeeded.fire({ from, to }));
    }
  }

  private heirOf(from: vscode.TextDocument): vscode.TextDocument | undefined {
    if (from.isUntitled) return recent(this.copied).findLast((copy) => copy.from === from)?.to;
    const name = renamed(from.uri, recent(this.renames))?.toString();
    return name === undefined ? undefined : vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === name);
  }
}

function recent<T>(events: readonly At<T>[]): readonly At<T>[] {
  const since = performance.now() - PATIENCE_MS;
  return events.filter(({ at }) => at > since);
}

function noted<T>(events: readonly At<T>[], event: T): readonly At<T>[] {
  return [...recent(events), { ...event, at: performance.now() }];
}

/** Saving may take off or add white space at the end. */
function isSame(from: vscode.TextDocument, to: vscode.TextDocument): boolean {
  const text = from.getText().trimEnd();
  return text !== '' && text === to.getText().trimEnd();
}
