import * as vscode from 'vscode';
import type { Services } from '../services';
import { registerStatusCommands } from './commands';
import { tellOfFailures } from './engineMessages';
import { showStatus } from './statusItem';

/** Registers the status item, the menu and its commands, and the message of an engine that has given up. */
export function registerStatus(services: Services): vscode.Disposable {
  return vscode.Disposable.from(showStatus(services), registerStatusCommands(services), tellOfFailures(services));
}
