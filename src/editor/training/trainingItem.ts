import * as vscode from 'vscode';
import type { FineTuning } from './fineTuning';

/** An item in the status bar, there only while something is fine-tuned; it opens the menu, where that can be stopped. */
export function showTrainingItem(fineTuning: FineTuning): vscode.Disposable {
  const { l10n } = vscode;
  const item = vscode.window.createStatusBarItem('planwright.training', vscode.StatusBarAlignment.Right);
  item.name = l10n.t('Planwright: fine-tuning');
  item.command = { command: 'planwright.showMenu', title: l10n.t('Menu') };
  const update = (): void => {
    const { words } = fineTuning;
    if (words === undefined) {
      item.hide();
      return;
    }
    item.text = `$(${words.paused === undefined ? 'sync' : 'debug-pause'}) ${l10n.t('fine-tuning {0}', words.short)}`;
    item.tooltip = words.line;
    item.accessibilityInformation = { label: l10n.t('Planwright is fine-tuning, {0}. {1}', words.short, words.line) };
    item.show();
  };
  update();
  return vscode.Disposable.from(item, fineTuning.changed.listen(update));
}
