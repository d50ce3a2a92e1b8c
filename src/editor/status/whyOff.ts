import * as vscode from 'vscode';
import type { Services } from '../services';
import { clock } from './statusItem';
import { statusText } from './statusText';

/** Why nothing happens in a document where Planwright is off, in words; undefined where it is on. */
export function whyOff({ activity, engine }: Services, document: vscode.TextDocument): string | undefined {
  const verdict = activity.of(document);
  if (verdict.on) return undefined;
  const snoozedUntil = activity.snoozeEnd && clock(activity.snoozeEnd);
  const { text, detail } = statusText({ engine: engine.state, verdict, snoozedUntil }, vscode.l10n);
  return `${text}. ${detail}`;
}
