import * as vscode from 'vscode';
import type { Services } from '../services';
import { megabytes } from './menuItems';
import { documentAtHand, showMenu } from './menu';
import { clock } from './statusItem';

const SNOOZES = [5, 15, 60];

/** The commands around writing: on and off, snooze, memory, engine, log. */
export function registerStatusCommands(services: Services): vscode.Disposable {
  const { activity, configuration, context, engine, log } = services;
  const { l10n } = vscode;
  const tell = (message: string): void => void vscode.window.setStatusBarMessage(`Planwright: ${message}`, 5000);

  const commands: Record<string, (argument?: unknown) => unknown> = {
    showMenu: () => showMenu(services),
    toggle: async () => {
      const document = documentAtHand(services);
      const on = !configuration.enabled(document);
      await configuration.set('enable', on, document);
      tell(on ? l10n.t('on') : l10n.t('off'));
    },
    toggleFile: async () => {
      const document = documentAtHand(services);
      if (document === undefined) return;
      const off = !activity.isFileOff(document.uri);
      await activity.setFileOff(document.uri, off);
      tell(off ? l10n.t('off for this file') : l10n.t('on for this file'));
    },
    snooze: async (argument) => {
      const minutes = typeof argument === 'number' ? argument : await askForMinutes();
      if (minutes === undefined) return;
      activity.snooze(minutes);
      tell(activity.snoozeEnd ? l10n.t('snoozed until {0}', clock(activity.snoozeEnd)) : l10n.t('awake'));
    },
    freeMemory: async () => {
      const before = await engine.memory();
      await engine.unload();
      const after = await engine.memory();
      const freed = before && Math.max(0, megabytes(before.bytes - (after?.bytes ?? 0)));
      tell(freed === undefined ? l10n.t('no engine is running') : l10n.t('{0} MB freed', freed));
    },
    restartEngine: () => {
      if (!configuration.enabledSomewhere()) {
        tell(l10n.t('off'));
        return;
      }
      return vscode.window.withProgress(
        { location: vscode.ProgressLocation.Window, title: l10n.t('Planwright: starting the engine') },
        // A failure is a change of state, which is told there.
        () => engine.restart().catch((error: unknown) => log.warn((error as Error).message)),
      );
    },
    showLog: () => log.show(),
    openWalkthrough: () =>
      vscode.commands.executeCommand('workbench.action.openWalkthrough', `${context.extension.id}#planwright.start`),
  };
  return vscode.Disposable.from(
    ...Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(`planwright.${name}`, run)),
  );

  async function askForMinutes(): Promise<number | undefined> {
    const ending = activity.snoozeEnd === undefined ? [] : [{ label: l10n.t('End the snooze'), minutes: 0 }];
    const lengths = SNOOZES.map((minutes) => ({ label: l10n.t('{0} minutes', minutes), minutes }));
    const chosen = await vscode.window.showQuickPick([...ending, ...lengths], {
      title: l10n.t('Planwright: snooze for how long?'),
    });
    return chosen?.minutes;
  }
}
