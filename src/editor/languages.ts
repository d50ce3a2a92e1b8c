import * as vscode from 'vscode';
import type { Configuration } from './configuration';

/** Registers a provider for the languages that Planwright works in, and anew when that setting changes. */
export function registerForLanguages(
  configuration: Configuration,
  register: (selector: vscode.DocumentSelector) => vscode.Disposable,
): vscode.Disposable {
  const add = (): vscode.Disposable => register(configuration.languages.map((language) => ({ language })));
  let registered = add();
  const subscription = configuration.onDidChange((event) => {
    if (!event.affectsConfiguration('planwright.languages')) return;
    registered.dispose();
    registered = add();
  });
  return new vscode.Disposable(() => {
    subscription.dispose();
    registered.dispose();
  });
}
