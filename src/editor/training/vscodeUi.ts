import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { signalOf } from '../../engine/signalOf';
import type { Question } from './question';
import type { ProgressLine, TrainingUi } from './ui';

/** How long a note stays in the status bar. */
const NOTE_MS = 6000;

/** Asks and tells with the editor's own windows. */
export class VscodeUi implements TrainingUi {
  constructor(private readonly log: vscode.LogOutputChannel) {}

  async during<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const options = { location: vscode.ProgressLocation.Notification, cancellable: true, title };
    return vscode.window.withProgress(options, (_progress, token) => work(signalOf(token)));
  }

  async ask<T>({ message, detail, choices }: Question<T>): Promise<T | undefined> {
    const items = choices.map(({ label, value }) => ({ title: label, value }));
    return (await vscode.window.showInformationMessage(message, { modal: true, detail }, ...items))?.value;
  }

  tell(...[kind, message, actions = []]: Parameters<TrainingUi['tell']>): void {
    const show = kind === 'warning' ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
    const items = actions.map((action) => ({ title: action.title, action }));
    show(`Planwright: ${message}`, ...items)
      .then((chosen) => chosen?.action.run())
      .then(undefined, (error: unknown) => this.log.warn((error as Error).message));
  }

  note(message: string): void {
    vscode.window.setStatusBarMessage(`Planwright: ${message}`, NOTE_MS);
  }

  async watch(...[title, listen, ended]: Parameters<TrainingUi['watch']>): Promise<'ended' | 'cancelled'> {
    const options = { location: vscode.ProgressLocation.Notification, cancellable: true, title };
    return vscode.window.withProgress(options, async (progress, token) => {
      let done = 0;
      const listening = listen(({ line, share }: ProgressLine) => {
        const increment = share === undefined ? 0 : Math.max(0, 100 * share - done);
        done += increment;
        progress.report({ message: line, ...(increment > 0 && { increment }) });
      });
      const cancelled = new Promise<'cancelled'>((resolve) => {
        token.onCancellationRequested(() => resolve('cancelled'));
      });
      try {
        return await Promise.race([ended.then(() => 'ended' as const), cancelled]);
      } finally {
        listening.dispose();
      }
    });
  }

  async pickFile(purpose: 'export' | 'import'): Promise<string | undefined> {
    const filters = { [vscode.l10n.t('Planwright model')]: ['safetensors'] };
    if (purpose === 'import') {
      const title = vscode.l10n.t('Import a model for this workspace');
      // Without a place of this machine the dialog of a remote window would show the other one's files.
      const defaultUri = vscode.Uri.file(homedir());
      return (await vscode.window.showOpenDialog({ filters, title, defaultUri, canSelectMany: false }))?.[0]?.fsPath;
    }
    // Beside the documents it would be taken for one of them.
    const defaultUri = vscode.Uri.file(join(homedir(), `${vscode.workspace.name ?? 'workspace'}.safetensors`));
    const title = vscode.l10n.t('Export the model of this workspace');
    return (await vscode.window.showSaveDialog({ filters, title, defaultUri }))?.fsPath;
  }

  execute(command: string, argument?: string): void {
    vscode.commands
      .executeCommand(command, ...(argument === undefined ? [] : [argument]))
      .then(undefined, (error: unknown) => {
        this.log.warn(`${command}: ${(error as Error).message}`);
      });
  }
}
