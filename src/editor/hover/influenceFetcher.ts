import * as vscode from 'vscode';
import { EngineCancelled } from '../../engine/engine';
import { Debounced } from '../annotations/debounced';
import { paragraphBefore, paragraphsAt } from '../annotations/paragraphCache';
import type { DocumentState } from '../documents/documentState';
import type { Services } from '../services';
import { unitsToExplain, type InfluenceBook } from './influenceBook';
import { unitAt } from './target';

/** How long the caret must rest. */
const REST_MS = 1000;

interface Wanted {
  readonly state: DocumentState;
  readonly units: readonly number[];
}

/**
 * Computes in idle time why the sentences around the caret were expected, so that a hover can say it at once. It never starts the engine nor has
 * the model opened again, and gives way to every edit.
 */
export class InfluenceFetcher implements vscode.Disposable {
  private readonly rest = new Debounced(() => void this.fetch(), REST_MS);
  private running: (Wanted & { readonly controller: AbortController }) | undefined;
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly services: Services,
    private readonly book: InfluenceBook,
  ) {
    const { documents } = services;
    this.subscription = vscode.Disposable.from(
      this.rest,
      documents.onDidPlan(this.rest.call),
      documents.onDidEdit(() => {
        this.running?.controller.abort();
        this.rest.call();
      }),
      vscode.window.onDidChangeTextEditorSelection(this.rest.call),
      vscode.window.onDidChangeActiveTextEditor(this.rest.call),
    );
  }

  dispose(): void {
    this.running?.controller.abort();
    this.subscription.dispose();
  }

  private async fetch(): Promise<void> {
    const wanted = this.wanted();
    if (wanted === undefined) return;
    const { state, units } = wanted;
    if (this.running?.state === state && units.every((unit) => this.running?.units.includes(unit))) return;
    this.running?.controller.abort();
    const controller = new AbortController();
    const running = { state, units, controller };
    this.running = running;
    const { revision } = state;
    try {
      const { influences } = await state.engine.influences(units, controller.signal);
      this.book.add(state, revision, influences);
    } catch (error) {
      if (error instanceof EngineCancelled) return;
      this.services.log.debug(`Reasons of the plan are not known: ${(error as Error).message}`);
    } finally {
      if (this.running === running) this.running = undefined;
    }
  }

  /** The units at the caret whose reasons are not known; undefined where there are none, or this is not the time. */
  private wanted(): Wanted | undefined {
    const { configuration, documents, engine } = this.services;
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined || engine.state.kind !== 'ready' || !configuration.hoverEnabled(editor.document)) return;
    const state = documents.get(editor.document);
    if (!state?.plan.isCurrent) return;
    const caret = editor.document.offsetAt(editor.selection.active);
    const paragraph = paragraphBefore(paragraphsAt(state), caret);
    if (paragraph === undefined || paragraph.kind === 'other') return;
    const unit = unitAt(state.units.units, caret) ?? paragraph.from;
    const units = unitsToExplain(paragraph, unit).filter((index) => this.book.get(state, index) === undefined);
    return units.length > 0 ? { state, units } : undefined;
  }
}
