/**
 * What code that knows nothing of the editor gets in place of `vscode.l10n`. The parameter is to be called `l10n` and the message to be a literal, so
 * that all messages can be found by looking for `l10n.t('`.
 */
export interface Localiser {
  /** @param message a text in English with places {0}, {1}, … */
  t(message: string, ...args: (string | number | boolean)[]): string;
}
