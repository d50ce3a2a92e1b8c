import * as vscode from 'vscode';

const SETTING = 'inlineSuggest.enabled';

const ofMarkdown = (): vscode.WorkspaceConfiguration =>
  vscode.workspace.getConfiguration('editor', { languageId: 'markdown' });

/** Whether the editor shows inline suggestions in Markdown at all. */
export function showsInlineSuggestions(): boolean {
  return ofMarkdown().get(SETTING, true);
}

/** Turns inline suggestions on, for Markdown only: what the writer chose for other languages stays. */
export async function showInlineSuggestions(): Promise<void> {
  const settings = ofMarkdown();
  // A value for the language wins over values for all languages, wherever those are; only the workspace's own can be in its way.
  const inWorkspace = settings.inspect<boolean>(SETTING)?.workspaceLanguageValue !== undefined;
  const { Global, Workspace } = vscode.ConfigurationTarget;
  await settings.update(SETTING, true, inWorkspace ? Workspace : Global, true);
}
