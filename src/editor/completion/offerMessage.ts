import * as vscode from 'vscode';
import type { LabelBook } from '../labelBook';
import type { Offers } from './offers';
import type { Suggestion } from './suggestion';

/** Says in the status bar which label each alternative follows, for as long as they are offered. */
export function showOfferMessages(offers: Offers, labels: LabelBook): vscode.Disposable {
  let shown: vscode.Disposable | undefined;
  const hide = (): void => {
    shown?.dispose();
    shown = undefined;
  };
  const show = (): void => {
    hide();
    if (offers.current?.explicit === true) {
      shown = vscode.window.setStatusBarMessage(messageOf(offers.remaining, labels));
    }
  };
  const subscriptions = [offers.offered.listen(show), offers.followed.listen(show), offers.withdrawn.listen(hide)];
  return new vscode.Disposable(() => {
    hide();
    for (const subscription of subscriptions) subscription.dispose();
  });
}

function messageOf(items: readonly Suggestion[], labels: LabelBook): string {
  const names = items.map((item, n) => {
    const first = item.labels[0];
    return `${n + 1} ${first ? labels.name(first.id) : vscode.l10n.t('continues')}`;
  });
  return vscode.l10n.t('Suggestions: {0}', names.join(' · '));
}
