import * as vscode from 'vscode';
import { LARGEST_ANNOTATED } from '../limits';
import type { Services } from '../services';
import { Debounced } from './debounced';
import { markMessage, structureMarks } from './structureMarks';

const PAUSE_MS = 150;
const SOURCE = 'Planwright';

/**
 * Marks sentences that the plan finds improbable. As information: that is listed among the problems and reached with the keyboard, which hints are
 * not, and it counts neither as an error nor as a warning.
 */
export class StructureDiagnostics implements vscode.CodeActionProvider, vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection(SOURCE);
  private readonly update = new Debounced(() => this.updateAll(), PAUSE_MS);
  private readonly subscription: vscode.Disposable;

  constructor(private readonly services: Services) {
    const { activity, documents, labels } = services;
    this.subscription = vscode.Disposable.from(
      this.collection,
      this.update,
      activity.onDidChange(this.update.call),
      documents.onDidPlan(this.update.call),
      documents.onDidEdit(this.update.call),
      labels.changed.listen(this.update.call),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.collection.delete(uri)),
    );
  }

  /** "Steer here" where the caret is in a marked sentence. */
  provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    context: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    const marked = context.diagnostics.find((diagnostic) => diagnostic.source === SOURCE);
    if (marked?.range.intersection(range) === undefined) return [];
    const action = new vscode.CodeAction(vscode.l10n.t('Steer Here…'), vscode.CodeActionKind.QuickFix);
    action.diagnostics = [marked];
    const place = { uri: document.uri.toString(), offset: document.offsetAt(marked.range.start) };
    action.command = { title: action.title, command: 'planwright.steer', arguments: [place] };
    return [action];
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private updateAll(): void {
    for (const document of vscode.workspace.textDocuments) {
      const diagnostics = this.diagnosticsOf(document);
      if (diagnostics.length > 0) this.collection.set(document.uri, diagnostics);
      else if (this.collection.has(document.uri)) this.collection.delete(document.uri);
    }
  }

  private diagnosticsOf(document: vscode.TextDocument): vscode.Diagnostic[] {
    const { configuration, documents, labels } = this.services;
    if (!configuration.structureEnabled(document)) return [];
    const state = documents.get(document);
    if (state === undefined || state.text.length > LARGEST_ANNOTATED) return [];
    return structureMarks(state, configuration.structureThreshold(document)).map((mark) => {
      const range = new vscode.Range(document.positionAt(mark.start), document.positionAt(mark.end));
      const message = markMessage(mark, labels, vscode.l10n);
      const diagnostic = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Information);
      diagnostic.source = SOURCE;
      return diagnostic;
    });
  }
}
