import * as vscode from 'vscode';
import { signalOf } from '../../engine/signalOf';
import { eolOf } from '../eolOf';
import type { Services } from '../services';
import { Signal } from '../signal';
import { whyOff } from '../status/whyOff';
import { translated } from '../translated';
import type { Answer, Completer } from './completer';
import { steeringKey, type Mode, type Preferences } from './conditions';
import type { Counters } from './counters';
import { extending } from './selected';
import type { Suggestion } from './suggestion';
import { whileSlow } from './whileSlow';

/** Run by the editor after a whole suggestion was accepted. Not in the palette. */
export const ACCEPTED = 'planwright.accepted';
/** For how long the writer is told why there is nothing, in milliseconds. */
const TOLD = 6000;
/** Who asked is told that the suggestions are being made where they are not there after so many milliseconds. */
const SLOW = 400;

type Nothing = vscode.InlineCompletionItem[] | undefined;
/** Why there is nothing: for the log, and for who asked. */
type Reason = { readonly reason: string; readonly message?: string | undefined };

/** Answers the editor's questions for ghost text. */
export class SuggestionProvider implements vscode.InlineCompletionItemProvider {
  /** The editor asks. */
  readonly asked = new Signal<void>();
  private own: { readonly key: string; readonly mode: Mode } | undefined;

  constructor(
    private readonly services: Services,
    private readonly completer: Completer,
    private readonly counters: Counters,
  ) {}

  /** Asks the editor to ask for suggestions, for a reason of ours: to the provider it looks as if the writer had asked. */
  async trigger(key: string, mode: Mode): Promise<void> {
    const own = { key, mode };
    this.own = own;
    try {
      await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
    } finally {
      // The command ends when the suggestions are there. Where it asked nobody, the next request is the writer's.
      if (this.own === own) this.own = undefined;
    }
  }

  /** As `trigger`, where something is on the screen too: the editor does not ask a second time for what it was asked at the same place. */
  async triggerAnew(key: string, mode: Mode): Promise<void> {
    await vscode.commands.executeCommand('editor.action.inlineSuggest.hide');
    await this.trigger(key, mode);
  }

  async provideInlineCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    context: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlineCompletionItem[] | undefined> {
    const began = performance.now();
    this.asked.emit();
    const key = document.uri.toString();
    const mode = this.modeOf(key, context.triggerKind);
    const obstacle = this.obstacle(document, position, mode);
    if (obstacle !== undefined) return this.silence(obstacle, mode);
    const state = this.services.documents.get(document);
    if (state === undefined) return this.nothing('off');

    const offset = document.offsetAt(position);
    const preferences = this.preferences(document);
    const answering = this.completer.suggest({ state, offset, mode, preferences, signal: signalOf(token) });
    if (mode === 'alternatives' || mode === 'steered') whileSlow(answering, SLOW, tellOfWork);
    const answer = await answering;
    if (answer.kind === 'nothing') return this.silence(inWords(answer), mode);
    if (token.isCancellationRequested) return this.nothing('superseded');
    const items = toItems(answer.items, document, position, context.selectedCompletionInfo);
    if (items.length === 0) return this.nothing('not-what-is-selected');

    const milliseconds = performance.now() - began - answer.waited;
    this.services.timings.record(answer.source === 'made' ? 'suggestion' : 'typed-through', milliseconds);
    const steering = steeringKey(state.steering, offset, offset);
    const offered = this.completer.offers;
    const explicit = mode === 'alternatives' || (answer.source === 'known' && offered.current?.explicit === true);
    if (offered.show({ key, text: state.text, offset }, answer.items, explicit, steering)) this.counters.offered();
    this.services.log.debug(
      `${items.length} suggestion(s) of ${answer.items.map(({ text }) => text.length).join(', ')} characters, ${answer.source}, in ${Math.round(milliseconds)} ms after a pause of ${Math.round(answer.waited)} ms.`,
    );
    return items;
  }

  private modeOf(key: string, kind: vscode.InlineCompletionTriggerKind): Mode {
    if (kind === vscode.InlineCompletionTriggerKind.Automatic) return 'unasked';
    const { own } = this;
    this.own = undefined;
    return own?.key === key ? own.mode : 'alternatives';
  }

  /** Why there can be no suggestion here, before anything is looked at. */
  private obstacle(document: vscode.TextDocument, position: vscode.Position, mode: Mode): Reason | undefined {
    const { l10n } = vscode;
    const verdict = this.services.activity.of(document);
    if (!verdict.on) return { reason: verdict.reason, message: whyOff(this.services, document) };
    if (mode === 'unasked' && !this.services.configuration.completionsEnabled(document)) return { reason: 'setting' };
    if (vscode.workspace.fs.isWritableFileSystem(document.uri.scheme) === false) {
      return { reason: 'read-only', message: l10n.t('No suggestion: this document cannot be changed.') };
    }
    const editor = vscode.window.activeTextEditor;
    if (editor?.document === document && !editor.selection.isEmpty) {
      return { reason: 'selection', message: l10n.t('No suggestion: text is selected.') };
    }
    return document.validatePosition(position).isEqual(position) ? undefined : { reason: 'no-such-place' };
  }

  private preferences(document: vscode.TextDocument): Preferences {
    const { configuration } = this.services;
    return {
      confidence: configuration.confidence(document),
      length: configuration.completionLength(document),
      minimumDelay: configuration.completionDelay(document),
      eol: eolOf(document),
    };
  }

  /** Notes why nothing is shown. */
  private nothing(reason: string): Nothing {
    this.services.log.debug(`No suggestion: ${reason}.`);
    return undefined;
  }

  /** Nothing to show; who asked is told why. */
  private silence({ reason, message }: Reason, mode: Mode): Nothing {
    if (mode !== 'unasked' && mode !== 'continued' && message) void vscode.window.setStatusBarMessage(message, TOLD);
    return this.nothing(reason);
  }
}

function tellOfWork(): vscode.Disposable {
  return vscode.window.setStatusBarMessage(`$(loading~spin) ${vscode.l10n.t('Looking for suggestions…')}`);
}

function inWords({ reason, sentence }: Answer & { kind: 'nothing' }): Reason {
  return { reason, ...(sentence && { message: vscode.l10n.t('No suggestion: {0}', translated(sentence)) }) };
}

/** The suggestions as the editor takes them; with the suggest widget open only those that extend what is selected in it. */
function toItems(
  suggestions: readonly Suggestion[],
  document: vscode.TextDocument,
  position: vscode.Position,
  selected: vscode.SelectedCompletionInfo | undefined,
): vscode.InlineCompletionItem[] {
  const range = selected?.range ?? new vscode.Range(position, position);
  if (!range.isSingleLine || !range.end.isEqual(position)) return [];
  const typed = document.getText(range);
  return suggestions.flatMap(({ text }) => {
    const inserted = selected ? extending(text, { text: selected.text, typed }) : text;
    if (inserted === undefined) return [];
    const command = { command: ACCEPTED, title: '', arguments: [text.length] };
    return new vscode.InlineCompletionItem(inserted, range, command);
  });
}
