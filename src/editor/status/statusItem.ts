import * as vscode from 'vscode';
import { registerForLanguages } from '../languages';
import type { Services } from '../services';
import { statusText, type StatusText } from './statusText';

const SEVERITIES: Record<StatusText['severity'], vscode.LanguageStatusSeverity> = {
  information: vscode.LanguageStatusSeverity.Information,
  warning: vscode.LanguageStatusSeverity.Warning,
  error: vscode.LanguageStatusSeverity.Error,
};

/** A moment as the writer's clock shows it. */
export function clock(moment: Date): string {
  return moment.toLocaleTimeString(vscode.env.language, { hour: '2-digit', minute: '2-digit' });
}

/** What Planwright does in the active document, beside its language. */
export function showStatus(services: Services): vscode.Disposable {
  const { activity, configuration, engine, fineTuning } = services;
  return registerForLanguages(configuration, (selector) => {
    const item = vscode.languages.createLanguageStatusItem('planwright.status', selector);
    item.name = 'Planwright';
    const update = (): void => {
      const document = vscode.window.activeTextEditor?.document;
      const snoozedUntil = activity.snoozeEnd && clock(activity.snoozeEnd);
      const verdict = document ? activity.of(document) : ({ on: true } as const);
      const situation = { engine: engine.state, verdict, snoozedUntil, training: fineTuning.words };
      const { text, detail, severity, busy } = statusText(situation, vscode.l10n);
      const failed = engine.state.kind === 'failed' && verdict.on;
      item.text = text;
      item.detail = detail;
      item.severity = SEVERITIES[severity];
      item.busy = busy;
      item.accessibilityInformation = { label: `${text}. ${detail}` };
      item.command = failed
        ? { command: 'planwright.restartEngine', title: vscode.l10n.t('Restart') }
        : { command: 'planwright.showMenu', title: vscode.l10n.t('Menu') };
    };
    update();
    return vscode.Disposable.from(
      item,
      activity.onDidChange(update),
      vscode.window.onDidChangeActiveTextEditor(update),
      // Another language is, to the editor, another document.
      vscode.workspace.onDidOpenTextDocument(update),
      engine.onDidChangeState(update),
      fineTuning.changed.listen(update),
    );
  });
}
