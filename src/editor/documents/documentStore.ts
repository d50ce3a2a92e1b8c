import * as vscode from 'vscode';
import type { Engine } from '../../engine/engine';
import type { Activity } from '../activity';
import type { HostTimings } from '../hostTimings';
import type { Steering } from '../steering/steering';
import { DocumentState } from './documentState';
import type { Successors } from './successors';

interface Entry {
  readonly state: DocumentState;
  eol: vscode.EndOfLine;
  /** Planwright is off in it: it is only kept up to date, so that what was pinned is still there when it is turned on again. */
  resting: boolean;
}

/** The states of the documents that Planwright works in: made when first asked for, kept up to date with every edit, at rest while it is off, dropped on close. */
export class DocumentStore implements vscode.Disposable {
  private readonly states = new Map<string, Entry>();
  private readonly opened = new vscode.EventEmitter<DocumentState>();
  private readonly edited = new vscode.EventEmitter<{ state: DocumentState; event: vscode.TextDocumentChangeEvent }>();
  private readonly planned = new vscode.EventEmitter<DocumentState>();
  private readonly steered = new vscode.EventEmitter<DocumentState>();
  private readonly left = new vscode.EventEmitter<DocumentState>();
  /** What was pinned in documents before: by those that were closed, and by those that took their places. */
  private bequeathed = new WeakMap<vscode.TextDocument, Steering>();
  /** Of the model whose plans are known. */
  private weightsId: string | undefined;
  private readonly subscriptions: readonly { dispose(): unknown }[];
  readonly onDidOpen = this.opened.event;
  /** After the state took over the edit. */
  readonly onDidEdit = this.edited.event;
  /** A new plan has come. */
  readonly onDidPlan = this.planned.event;
  /** Pins or bans changed. */
  readonly onDidSteer = this.steered.event;
  /** It was closed, or Planwright turned off in it: nothing is to be computed for it any more. */
  readonly onDidLeave = this.left.event;

  constructor(
    private readonly engine: Engine,
    private readonly activity: Activity,
    private readonly timings: HostTimings,
    successors: Successors,
  ) {
    this.subscriptions = [
      vscode.workspace.onDidChangeTextDocument((event) => this.onEdit(event)),
      vscode.workspace.onDidCloseTextDocument((document) => this.close(document)),
      successors.onDidSucceed(({ from, to }) => {
        const steering = this.bequeathed.get(from);
        if (steering === undefined) return;
        this.bequeathed.set(to, steering);
        this.states.get(to.uri.toString())?.state.steering.inherit(steering);
      }),
      activity.onDidChange(() => this.restInactive()),
      engine.onDidChangeState((state) => {
        if (state.kind === 'ready') this.takeModel(state.info.weightsId);
      }),
      this.opened,
      this.edited,
      this.planned,
      this.steered,
      this.left,
    ];
  }

  /** The state of a document; undefined where Planwright is off for it. */
  get(document: vscode.TextDocument): DocumentState | undefined {
    if (document.isClosed || !this.activity.of(document).on) return undefined;
    const key = document.uri.toString();
    const known = this.states.get(key);
    if (known) {
      known.resting = false;
      return known.state;
    }
    const state = new DocumentState(
      key,
      document.getText(),
      this.engine.document(key, () => document.getText()),
    );
    this.states.set(key, { state, eol: document.eol, resting: false });
    state.planned.listen(() => this.planned.fire(state));
    state.steering.changed.listen(() => this.steered.fire(state));
    const before = this.bequeathed.get(document);
    if (before) state.steering.inherit(before);
    this.opened.fire(state);
    return state;
  }

  /** The document of a state, while it is open. */
  documentOf(state: DocumentState): vscode.TextDocument | undefined {
    return vscode.workspace.textDocuments.find((document) => document.uri.toString() === state.key);
  }

  dispose(): void {
    for (const key of [...this.states.keys()]) this.drop(key);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private onEdit(event: vscode.TextDocumentChangeEvent): void {
    const entry = this.states.get(event.document.uri.toString());
    if (entry === undefined) return;
    const began = performance.now();
    const { state } = entry;
    if (entry.eol !== event.document.eol) {
      // Every line's end changed, but the event names none of them.
      entry.eol = event.document.eol;
      state.reset(event.document.getText());
    } else {
      if (event.contentChanges.length === 0) return;
      state.edit(
        event.contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
          start: rangeOffset,
          end: rangeOffset + rangeLength,
          text,
        })),
      );
    }
    if (!entry.resting) this.edited.fire({ state, event });
    this.timings.record('edit', performance.now() - began);
  }

  private restInactive(): void {
    for (const document of vscode.workspace.textDocuments) {
      const entry = this.states.get(document.uri.toString());
      if (entry === undefined || entry.resting || this.activity.of(document).on) continue;
      entry.resting = true;
      this.left.fire(entry.state);
      entry.state.engine.release();
    }
  }

  /** Forgets what the writer pinned and excluded, in all documents. */
  forgetSteering(): void {
    for (const { state } of this.states.values()) state.steering.clear();
    this.bequeathed = new WeakMap();
  }

  /** Plans of another model are forgotten: its labels may be others. */
  private takeModel(weightsId: string): void {
    const before = this.weightsId;
    this.weightsId = weightsId;
    if (before === undefined || before === weightsId) return;
    for (const { state } of this.states.values()) state.forgetPlan();
  }

  private close(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    const entry = this.states.get(key);
    if (entry) this.bequeathed.set(document, entry.state.steering);
    this.drop(key);
  }

  private drop(key: string): void {
    const entry = this.states.get(key);
    if (entry === undefined) return;
    this.states.delete(key);
    this.left.fire(entry.state);
    entry.state.dispose();
  }
}
