import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { COUNTERS_KEY, NO_COUNTS } from '../completion/counters';
import type { Services } from '../services';
import { menuItems, type MenuItem } from './menuItems';
import { clock } from './statusItem';
import { statusText } from './statusText';

/** A menu that waits longer for a busy engine is worse than one without a number. */
const MEMORY_PATIENCE_MS = 300;
/** What the store of this workspace holds is asked for once, of a process that has to begin. */
const STORE_PATIENCE_MS = 1000;

/** Shows the menu for the document that the writer is at, and does what is chosen. Never starts the engine. */
export async function showMenu(services: Services): Promise<void> {
  const { activity, configuration, context, engine, fineTuning, models } = services;
  const document = documentAtHand(services);
  const verdict = document ? activity.of(document) : ({ on: true } as const);
  const ours = document !== undefined && configuration.languages.includes(document.languageId);
  const snoozedUntil = activity.snoozeEnd && clock(activity.snoozeEnd);
  const [memory] = await Promise.all([
    Promise.race([engine.memory().catch(() => undefined), sleep(MEMORY_PATIENCE_MS, undefined)]),
    // Off means that no process runs.
    models.known === undefined && configuration.enabledSomewhere()
      ? Promise.race([models.look().catch(() => undefined), sleep(STORE_PATIENCE_MS, undefined)])
      : undefined,
  ]);
  const items = menuItems(
    {
      status: statusText({ engine: engine.state, verdict, snoozedUntil, training: fineTuning.words }, vscode.l10n),
      memory,
      on: configuration.enabled(document),
      fileOff: ours ? activity.isFileOff(document.uri) : undefined,
      snoozed: activity.snoozeEnd !== undefined,
      unasked: configuration.completionsEnabled(document),
      confidence: configuration.confidence(document),
      style: configuration.annotationStyle(document),
      isTraining: fineTuning.words !== undefined,
      using: models.known?.model ? models.known.using : undefined,
      counts: context.globalState.get(COUNTERS_KEY, NO_COUNTS),
    },
    vscode.l10n,
  );
  const chosen = await vscode.window.showQuickPick(items.map(asQuickPick), { title: 'Planwright' });
  const action = chosen?.item.action;
  if (action?.kind === 'settings') {
    for (const [name, value] of Object.entries(action.values)) await configuration.set(name, value, document);
  }
  if (action?.kind !== 'command') return;
  const settings = action.command === 'workbench.action.openSettings';
  const argument = settings ? `@ext:${context.extension.id}` : action.argument;
  await vscode.commands.executeCommand(action.command, ...(argument === undefined ? [] : [argument]));
}

/** The document that the writer is at; where there is none that Planwright could work in, the one in the editor. */
export function documentAtHand({ follower }: Services): vscode.TextDocument | undefined {
  return follower.document ?? vscode.window.activeTextEditor?.document;
}

function asQuickPick(item: MenuItem): vscode.QuickPickItem & { readonly item: MenuItem } {
  if (item.action === undefined && item.icon === undefined) {
    return { label: item.label, kind: vscode.QuickPickItemKind.Separator, item };
  }
  return {
    label: item.label,
    item,
    ...(item.icon !== undefined && { iconPath: new vscode.ThemeIcon(item.icon) }),
    ...(item.description !== undefined && { description: item.description }),
    ...(item.detail !== undefined && { detail: item.detail }),
  };
}
