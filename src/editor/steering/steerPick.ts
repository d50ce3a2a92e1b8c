import * as vscode from 'vscode';
import { EngineCancelled } from '../../engine/engine';
import { familyIcon } from '../annotations/familyIcon';
import type { Services } from '../services';
import { stepsAhead } from './ahead';
import { choices, type Choice } from './choices';
import { begun, chosen, excluded, expectedAt, pinnedLater, type Picking } from './picking';
import { goTo, type Place } from './place';
import { unitWritten } from './target';

/** Labels that are listed as expected. */
const LISTED = 12;
/** For how long it is said that nothing was chosen, in milliseconds. */
const TOLD = 5000;

type Entry = vscode.QuickPickItem & { readonly choice: Choice };

/** Lets the writer choose what the next sentence is to do, and then perhaps the ones after it. The suggestion follows at once. */
export async function steerPick(services: Services, place: Place): Promise<void> {
  const { state } = place;
  const text = state.text.slice(0, place.offset).trimEnd();
  const before = state.steering.wishes(place.offset);
  const picker = new SteerPicker(services, place, begun(before));
  const { wishes, isDone } = await picker.run();
  const isSteered = JSON.stringify(wishes) !== JSON.stringify(before);
  // Saving when the list takes the focus may take off white space at the place; after any other edit it may be elsewhere.
  if (!state.text.startsWith(text)) {
    if (isSteered) void vscode.window.setStatusBarMessage(vscode.l10n.t('The text changed: choose again.'), TOLD);
    return;
  }
  const offset = Math.min(place.offset, text.length + /^\s*/.exec(state.text.slice(text.length))![0].length);
  const now = { ...place, offset };
  // First the focus: the suggestion that comes of it is asked for in the text.
  if (isDone) await goTo(now, cursorFor(now));
  if (isSteered) state.steering.set(offset, wishes);
}

/** The open list. What is chosen takes effect when it is closed, with buttons too. */
class SteerPicker {
  private readonly picker = vscode.window.createQuickPick<Entry>();
  private readonly cancelled = new AbortController();
  private readonly later: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('pin'),
    tooltip: vscode.l10n.t('Pin for the step after those that are pinned'),
  };
  private readonly never: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('circle-slash'),
    tooltip: vscode.l10n.t('Never here'),
  };
  private readonly several: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('list-ordered'),
    tooltip: vscode.l10n.t('Plan several sentences, one after another…'),
  };

  constructor(
    private readonly services: Services,
    private readonly place: Place,
    private picking: Picking,
  ) {
    const { picker } = this;
    picker.placeholder = vscode.l10n.t('Choose a label; type to search all of them');
    picker.matchOnDescription = true;
    picker.matchOnDetail = true;
    picker.buttons = [this.several];
    picker.onDidTriggerButton(() => this.take(chosen(this.picking, { kind: 'several', label: '' })));
    picker.onDidTriggerItemButton(({ item: { choice }, button }) => {
      if (choice.kind !== 'label') return;
      this.take((button === this.never ? excluded : pinnedLater)(this.picking, choice.id));
    });
    picker.onDidAccept(() => {
      const choice = picker.selectedItems[0]?.choice;
      if (choice && choice.kind !== 'heading') this.take(chosen(this.picking, choice));
    });
  }

  /** @returns what was chosen; not done where the list was left */
  async run(): Promise<Picking> {
    const { picker } = this;
    const hidden = new Promise<void>((resolve) => picker.onDidHide(() => resolve()));
    picker.show();
    void this.list();
    await hidden;
    this.cancelled.abort();
    picker.dispose();
    return this.picking;
  }

  private take(picking: Picking): void {
    this.picking = picking;
    if (picking.isDone) this.picker.hide();
    else {
      this.picker.value = '';
      void this.list();
    }
  }

  private async list(): Promise<void> {
    const { picker, picking, cancelled } = this;
    const { engine, labels, log } = this.services;
    picker.title = picking.several
      ? vscode.l10n.t('Sentence {0}: what does it do?', picking.step + 1)
      : vscode.l10n.t('What does the next sentence do?');
    picker.busy = true;
    try {
      const { state } = this.place;
      const offset = Math.min(this.place.offset, state.text.length);
      const steps = await stepsAhead(state, offset, LISTED, picking.wishes.never, cancelled.signal);
      const known = labels.all.length > 0 ? labels.all : await engine.labels(cancelled.signal);
      if (picking !== this.picking) return;
      const situation = { ...picking, labels: known, expected: expectedAt(picking, steps) };
      picker.items = choices(situation, vscode.l10n).map((choice) => this.asItem(choice));
      // Not what is pinned, which Enter would unpin.
      picker.activeItems = picker.items.filter(({ choice }) => choice.kind === 'label').slice(0, 1);
    } catch (error) {
      if (error instanceof EngineCancelled) {
        // An edit came first, such as that of a save as the list took the focus.
        if (!cancelled.signal.aborted && picking === this.picking && this.isOpen) void this.list();
        return;
      }
      log.warn(`The plan cannot be asked: ${(error as Error).message}`);
      picker.placeholder = (error as Error).message;
    }
    picker.busy = false;
  }

  private get isOpen(): boolean {
    const { editor, state } = this.place;
    return this.services.documents.get(editor.document) === state;
  }

  private asItem(choice: Choice): Entry {
    if (choice.kind === 'heading') return { label: choice.label, kind: vscode.QuickPickItemKind.Separator, choice };
    const icon = ICONS[choice.kind] ?? ('id' in choice ? familyIcon(this.services.labels.get(choice.id)) : undefined);
    return {
      ...(icon !== undefined && { iconPath: new vscode.ThemeIcon(icon) }),
      ...(choice.kind === 'label' && { buttons: this.picking.step === 0 ? [this.later, this.never] : [this.later] }),
      ...('detail' in choice && { description: choice.description, detail: choice.detail }),
      label: choice.label,
      choice,
    };
  }
}

const ICONS: Partial<Record<Choice['kind'], string>> = {
  pinned: 'pinned',
  banned: 'circle-slash',
  several: 'list-ordered',
  clear: 'clear-all',
  done: 'check',
};

/** Where to write what is steered at a place: where the cursor is, if it is in that sentence; else the place itself. */
function cursorFor({ editor, state, offset }: Place): number {
  const cursor = editor.document.offsetAt(editor.selection.active);
  return unitWritten(state.units, cursor) === unitWritten(state.units, offset) ? cursor : offset;
}
