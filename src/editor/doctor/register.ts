import * as vscode from 'vscode';
import { signalOf } from '../../engine/signalOf';
import type { Services } from '../services';
import { doctorActions } from './actions';
import { examine } from './examine';
import type { Findings } from './findings';
import { showInlineSuggestions } from './inlineSuggestions';
import { report } from './report';

const URI = vscode.Uri.parse('planwright:/Planwright%20Doctor.md');

/** Registers the command that examines everything and shows what it found as a document that can be read and copied, but not edited. */
export function registerDoctor(services: Services): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const actionsChanged = new vscode.EventEmitter<void>();
  let findings: Findings | undefined;
  /** What the writer writes in: while the report is read, that has the focus. */
  let document: vscode.TextDocument | undefined;
  const text = (): string => (findings === undefined ? '' : report(findings, vscode.l10n));

  const run = async (): Promise<void> => {
    const active = vscode.window.activeTextEditor?.document;
    if (active?.uri.scheme !== URI.scheme) document = active;
    if (document?.isClosed === true) document = undefined;
    const found = await examineWithProgress(services, document);
    if (found === undefined) return;
    findings = found;
    changed.fire(URI);
    actionsChanged.fire();
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(URI), { preview: true });
  };
  const copy = async (): Promise<void> => {
    await vscode.env.clipboard.writeText(text());
    vscode.window.setStatusBarMessage(vscode.l10n.t('Planwright: the report was copied'), 5000);
  };
  return vscode.Disposable.from(
    changed,
    actionsChanged,
    vscode.workspace.registerTextDocumentContentProvider(URI.scheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: text,
    }),
    vscode.languages.registerCodeLensProvider(
      { scheme: URI.scheme },
      { onDidChangeCodeLenses: actionsChanged.event, provideCodeLenses: () => lensesOf(findings) },
    ),
    vscode.commands.registerCommand('planwright.doctor', run),
    vscode.commands.registerCommand('planwright.copyReport', copy),
    vscode.commands.registerCommand('planwright.turnOn', async () => {
      const { activity, configuration } = services;
      if (!configuration.enabled(document)) await configuration.set('enable', true, document);
      if (document !== undefined) await activity.setFileOff(document.uri, false);
      activity.snooze(0);
      await run();
    }),
    vscode.commands.registerCommand('planwright.showInlineSuggestions', async () => {
      await showInlineSuggestions();
      await run();
    }),
  );
}

/** Undefined where the writer cancelled it. */
async function examineWithProgress(
  services: Services,
  document: vscode.TextDocument | undefined,
): Promise<Findings | undefined> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    cancellable: true,
    title: vscode.l10n.t('Planwright is examining itself'),
  };
  return vscode.window.withProgress(options, async (_progress, token) => {
    try {
      return await examine(services, document, signalOf(token));
    } catch (error) {
      if (token.isCancellationRequested) return undefined;
      throw error;
    }
  });
}

function lensesOf(findings: Findings | undefined): vscode.CodeLens[] {
  if (findings === undefined) return [];
  const top = new vscode.Range(0, 0, 0, 0);
  return doctorActions(findings, vscode.l10n).map((action) => new vscode.CodeLens(top, action));
}
