import * as vscode from 'vscode';
import { EngineCancelled } from '../../engine/engine';
import { LARGEST_ANNOTATED } from '../limits';
import type { DocumentState } from './documentState';
import type { DocumentStore } from './documentStore';

/** How long typing must pause before the plan is made anew. */
const PAUSE_MS = 350;
/** Labels of each distribution that are kept: what a hover shows at most. */
export const LABELS_PER_UNIT = 6;

/** Keeps the plans of the documents that are on the screen up to date. */
export class PlanFetcher implements vscode.Disposable {
  private readonly waiting = new Map<DocumentState, NodeJS.Timeout>();
  private readonly running = new Map<DocumentState, AbortController>();
  private trouble: string | undefined;
  private readonly subscriptions: vscode.Disposable[];

  /** @param isBusy whether a completion is being generated in a document; its plan waits until it is done */
  constructor(
    private readonly documents: DocumentStore,
    private readonly log: vscode.LogOutputChannel,
    private readonly isBusy: (state: DocumentState) => boolean,
  ) {
    this.subscriptions = [
      documents.onDidOpen((state) => this.schedule(state, 0)),
      documents.onDidEdit(({ state }) => this.schedule(state, PAUSE_MS)),
      documents.onDidLeave((state) => this.leave(state)),
      vscode.window.onDidChangeVisibleTextEditors(() => this.lookAtVisible()),
    ];
  }

  /** Makes sure that every visible document has a plan, or soon will. */
  lookAtVisible(): void {
    for (const { document } of vscode.window.visibleTextEditors) {
      const state = this.documents.get(document);
      if (state && !state.plan.isCurrent && !this.waiting.has(state) && !this.running.has(state))
        this.schedule(state, 0);
    }
  }

  dispose(): void {
    for (const timer of this.waiting.values()) clearTimeout(timer);
    for (const controller of this.running.values()) controller.abort();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** The same trouble is told once, however often it is met. */
  private warn(message: string): void {
    if (message !== this.trouble) this.log.warn(`There is no plan: ${message}`);
    this.trouble = message;
  }

  private leave(state: DocumentState): void {
    clearTimeout(this.waiting.get(state));
    this.waiting.delete(state);
    this.running.get(state)?.abort();
  }

  private schedule(state: DocumentState, delay: number): void {
    this.leave(state);
    this.waiting.set(
      state,
      setTimeout(() => {
        this.waiting.delete(state);
        void this.fetch(state);
      }, delay),
    );
  }

  private async fetch(state: DocumentState): Promise<void> {
    const document = this.documents.documentOf(state);
    const visible = vscode.window.visibleTextEditors.some((editor) => editor.document === document);
    if (document === undefined || !visible || state.plan.isCurrent || state.text.length > LARGEST_ANNOTATED) return;
    if (state.text.trim() === '') return;
    if (this.isBusy(state)) {
      this.schedule(state, PAUSE_MS);
      return;
    }
    const controller = new AbortController();
    this.running.set(state, controller);
    const began = performance.now();
    try {
      await state.refreshPlan(LABELS_PER_UNIT, controller.signal);
      const { units } = state.units;
      this.log.debug(`Plan of ${units.length} units in ${Math.round(performance.now() - began)} ms.`);
    } catch (error) {
      if (!(error instanceof EngineCancelled)) this.warn((error as Error).message);
    } finally {
      if (this.running.get(state) === controller) this.running.delete(state);
    }
  }
}
