import * as vscode from 'vscode';
import { EngineCancelled } from '../../engine/engine';
import type { Activity } from '../activity';
import { pause } from '../completion/pause';
import { eolOf } from '../eolOf';
import type { Services } from '../services';
import { translated } from '../translated';
import { draft, type DraftOutcome } from './drafting';
import { insert } from './insertion';
import { broughtForward } from './pins';
import { goTo, type Place } from './place';

/** Sentences of a draft where fewer are pinned: about a paragraph. */
const SENTENCES = 4;
/** An editor that is left takes no edits; that it was left is told a moment later, in milliseconds. */
const TOLD_OF_LEAVING = 200;

/** Writes one sentence at the cursor that follows the label given, what is pinned, or what is expected. What is pinned for sentences before that stays, for those after it. */
export async function writeStep(services: Services, place: Place): Promise<void> {
  const { label, offset, state, step } = place;
  const before = state.steering.wishes(offset);
  const written = await write(services, place, vscode.l10n.t('Planwright is writing a sentence'), 1);
  if (written === 0 || step === 0 || label === undefined || before.pins.length === 0) return;
  state.steering.set(offset, broughtForward(before, label, step));
}

/** Writes a paragraph sentence by sentence: what is pinned, then what is expected. One undo takes all of it back. */
export async function draftParagraph(services: Services, place: Place): Promise<void> {
  const { pins } = place.state.steering.wishes(place.offset);
  const title = vscode.l10n.t('Planwright is drafting a paragraph');
  await write(services, { ...place, label: undefined }, title, Math.max(pins.length, SENTENCES));
}

/** @returns how many sentences were written */
async function write(services: Services, place: Place, title: string, sentences: number): Promise<number> {
  const { activity, log } = services;
  const editor = await goTo(place, place.offset);
  const session = new Session(editor, place.offset, activity);
  const eol = eolOf(editor.document);
  try {
    const outcome = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, cancellable: true, title },
      (_, token) => {
        token.onCancellationRequested(() => session.stop());
        return draft({ ...place, eol, sentences, insert: session.insert, signal: session.signal });
      },
    );
    log.debug(`${outcome.sentences} of ${sentences} sentences were written${because(outcome)}.`);
    if (outcome.sentences === 0 && outcome.silence) {
      await pause(TOLD_OF_LEAVING, session.signal);
      if (!session.signal.aborted) tell(translated(outcome.silence.sentence));
    }
    return outcome.sentences;
  } catch (error) {
    if (error instanceof EngineCancelled || session.signal.aborted) {
      log.debug(`${session.sentences} of ${sentences} sentences were written: stopped.`);
      return session.sentences;
    }
    log.warn(`Nothing more was written: ${(error as Error).message}`);
    void vscode.window.showWarningMessage(`Planwright: ${(error as Error).message}`);
    return session.sentences;
  } finally {
    session.dispose();
  }
}

/** What is being written now. */
const running = new Set<Session>();

/** Ends what is being written; what stands there already stays. */
export function stopWriting(): void {
  for (const session of running) session.stop();
}

/** A draft being written into an editor. It ends when the writer does anything else there, leaves it, or turns Planwright off. */
class Session implements vscode.Disposable {
  private readonly stopped = new AbortController();
  private readonly subscriptions: readonly vscode.Disposable[];
  private inserting = false;
  /** How many it has put into the document. */
  sentences = 0;

  /** @param expected where the cursor is */
  constructor(
    private readonly editor: vscode.TextEditor,
    private expected: number,
    activity: Activity,
  ) {
    const { document } = editor;
    running.add(this);
    tellKeys();
    this.subscriptions = [
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.document === document && event.contentChanges.length > 0 && !this.inserting) this.stop();
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections, kind }) => {
        const { Keyboard, Mouse } = vscode.TextEditorSelectionChangeKind;
        if (textEditor.document !== document || (kind !== Keyboard && kind !== Mouse)) return;
        if (document.offsetAt(selections[0]!.active) !== this.expected) this.stop();
      }),
      // A tab that comes before it ends an editor, and its document may be closed with it.
      vscode.window.onDidChangeVisibleTextEditors((editors) => {
        if (!editors.includes(editor)) this.stop();
      }),
      activity.onDidChange(() => {
        if (!activity.of(document).on) this.stop();
      }),
    ];
  }

  get signal(): AbortSignal {
    return this.stopped.signal;
  }

  stop(): void {
    this.stopped.abort();
  }

  readonly insert = async (offset: number, text: string, begins: boolean): Promise<boolean> => {
    this.inserting = true;
    this.expected = offset + text.length;
    try {
      const taken = await insert(this.editor, offset, text, begins);
      if (taken) this.sentences++;
      return taken;
    } finally {
      this.inserting = false;
    }
  };

  dispose(): void {
    running.delete(this);
    tellKeys();
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

/** While something is written, Escape ends it: the editor's own Escape would hide the notification and let it go on. */
function tellKeys(): void {
  void vscode.commands.executeCommand('setContext', 'planwright.writing', running.size > 0);
}

function because({ silence }: DraftOutcome): string {
  return silence ? `: ${silence.kind}` : '';
}

function tell(reason: string): void {
  const message = reason === '' ? vscode.l10n.t('Nothing could be written here.') : reason;
  void vscode.window.showInformationMessage(`Planwright: ${message}`);
}
