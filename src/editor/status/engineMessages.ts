import * as vscode from 'vscode';
import type { Services } from '../services';
import { FailureNews } from './failureNews';

/** Tells once, without getting in the way, that the engine has given up. The editor keeps one of messages that are alike. */
export function tellOfFailures({ engine, log }: Services): vscode.Disposable {
  const news = new FailureNews();
  const subscription = engine.onDidChangeState((state) => {
    const message = news.of(state);
    if (message === undefined) return;
    log.error(message);
    void tell(message);
  });
  return new vscode.Disposable(() => subscription.dispose());

  async function tell(message: string): Promise<void> {
    const { l10n } = vscode;
    const commands = new Map([
      [l10n.t('Restart'), 'planwright.restartEngine'],
      [l10n.t('Doctor'), 'planwright.doctor'],
      [l10n.t('Log'), 'planwright.showLog'],
    ]);
    const choice = await vscode.window.showWarningMessage(`Planwright: ${message}`, ...commands.keys());
    const command = choice && commands.get(choice);
    if (command !== undefined) await vscode.commands.executeCommand(command);
  }
}
