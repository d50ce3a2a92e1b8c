import * as vscode from 'vscode';
import type { TrainingReport } from '../../engine/training/protocol';
import { figures } from './figures';
import { trainingReport } from './report';

/** A scheme of its own: what belongs to the doctor's report does not belong here. */
const URI = vscode.Uri.parse('planwright-training:/Fine-tuning%20Report.md');

/** The report as a document that exists in the editor only, shown as Markdown's preview shows it. */
export class ReportDocument implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly provider: vscode.Disposable;
  private report: TrainingReport | undefined;

  constructor() {
    this.provider = vscode.workspace.registerTextDocumentContentProvider(URI.scheme, {
      onDidChange: this.changed.event,
      provideTextDocumentContent: () =>
        this.report === undefined
          ? ''
          : trainingReport(this.report, vscode.l10n, figures(vscode.env.language, vscode.l10n)),
    });
  }

  async show(report: TrainingReport): Promise<void> {
    this.report = report;
    this.changed.fire(URI);
    await vscode.commands.executeCommand('markdown.showPreview', URI);
  }

  dispose(): void {
    this.provider.dispose();
    this.changed.dispose();
  }
}
