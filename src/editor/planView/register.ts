import * as vscode from 'vscode';
import type { Occasion } from '../documents/follower';
import type { Services } from '../services';
import { viewMessage } from './message';
import { PinDragAndDrop } from './pinDragAndDrop';
import type { PlanNode } from './planTree';
import { PlanTreeProvider } from './planTreeProvider';
import { reveal } from './reveal';

/** Registers the view with the document's plan. While it is not on the screen nothing is computed for it but the number of pins. */
export function registerPlanView(services: Services): vscode.Disposable {
  const { activity, configuration, documents, engine, fineTuning, follower, labels, log } = services;
  const provider = new PlanTreeProvider(services);
  const view = vscode.window.createTreeView('planwright.plan', {
    treeDataProvider: provider,
    showCollapseAll: true,
    dragAndDropController: new PinDragAndDrop((step, to) => {
      void vscode.commands.executeCommand('planwright.movePin', { ...step, to });
    }),
  });

  const describe = (): void => {
    const { document, state } = follower;
    const situation = document && {
      verdict: activity.of(document),
      isOnSomewhere: configuration.enabledSomewhere(),
      engine: engine.state,
      length: state?.text.length ?? 0,
      isBlank: state !== undefined && !/\S/.test(state.text),
    };
    view.message = viewMessage(situation, vscode.l10n) ?? '';
    const pins = (state?.steering.wishes(follower.offset).pins ?? []).filter((pin) => pin !== undefined).length;
    view.badge = pins === 0 ? undefined : { value: pins, tooltip: vscode.l10n.t('{0} pinned', pins) };
  };
  const show = (occasion: Occasion): void => {
    describe();
    if (!view.visible) return;
    provider.show(follower.state, follower.offset);
    // Who looks around sees where; who writes sees what comes next.
    if (occasion === 'moved') bringIntoSight(true);
    if (occasion === 'edited') bringIntoSight(false);
  };
  const bringIntoSight = (here: boolean): void => {
    const node = here ? visible(provider, provider.here, closed) : provider.top;
    if (node === undefined) return;
    view.reveal(node, { select: here, focus: false }).then(undefined, (error: unknown) => {
      log.trace(`The plan view does not show the place: ${String(error)}`);
    });
  };
  /** Names of what the writer has closed: that stays closed. */
  const closed = new Set<string>();
  show('other');
  return vscode.Disposable.from(
    view,
    provider,
    follower.rested.listen(show),
    view.onDidCollapseElement(({ element }) => closed.add(element.id)),
    view.onDidExpandElement(({ element }) => closed.delete(element.id)),
    view.onDidChangeVisibility(() => {
      show('other');
      if (view.visible) provider.showTraining();
    }),
    documents.onDidSteer((state) => {
      describe();
      if (state === follower.state && view.visible) provider.showNext();
    }),
    fineTuning.changed.listen(() => {
      if (view.visible) provider.showTraining();
    }),
    labels.changed.listen(() => provider.showLabels()),
    engine.onDidChangeState(({ kind }) => {
      describe();
      if (kind === 'ready' && view.visible) provider.showNext();
    }),
    vscode.commands.registerCommand('planwright.reveal', async (id: unknown) => {
      const { state } = follower;
      const span = typeof id === 'string' ? provider.spanOf(id) : undefined;
      if (state !== undefined && span !== undefined) await reveal(state.key, span);
    }),
  );
}

/** The node itself, or the outermost one above it that is closed. */
function visible(
  provider: PlanTreeProvider,
  node: PlanNode | undefined,
  closed: ReadonlySet<string>,
): PlanNode | undefined {
  let shown = node;
  for (let above = node; above !== undefined; above = provider.getParent(above)) {
    if (above !== node && closed.has(above.id)) shown = above;
  }
  return shown;
}
