import * as vscode from 'vscode';
import type { DocumentState } from '../documents/documentState';
import { registerForLanguages } from '../languages';
import type { Services } from '../services';
import { acceptSentence } from './acceptSentence';
import { CatchUp } from './catchUp';
import { Completer } from './completer';
import { Counters, COUNTERS_KEY, type Counts } from './counters';
import { followEditor } from './followEditor';
import { showOfferMessages } from './offerMessage';
import { ACCEPTED, SuggestionProvider } from './provider';
import { Trouble } from './trouble';

/** The registered completions. */
export interface Completions {
  /** Whether a completion is being generated in a document. */
  isBusy(state: DocumentState): boolean;
  dispose(): void;
}

/** Sees to it that the keys of the time of activation are answered. */
function catchUpWith({ documents }: Services, provider: SuggestionProvider): vscode.Disposable {
  const active = (): vscode.TextDocument | undefined => vscode.window.activeTextEditor?.document;
  const catchUp = new CatchUp((key) => {
    if (active()?.uri.toString() === key) void provider.trigger(key, 'unasked');
  });
  const edited = (document: vscode.TextDocument): void => {
    if (document === active() && documents.get(document) !== undefined) catchUp.edited(document.uri.toString());
  };
  const first = active();
  // A document is at version 1 until it is edited.
  if (first !== undefined && first.version > 1) edited(first);
  const edits = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    if (contentChanges.length > 0) edited(document);
  });
  const questions = provider.asked.listen(() => {
    catchUp.asked();
    edits.dispose();
  });
  return vscode.Disposable.from(catchUp, edits, questions);
}

/** Registers the ghost text for the languages of the settings, and its commands. */
export function registerCompletions(services: Services): Completions {
  const { configuration, context, engine, log } = services;
  const trouble = new Trouble(engine, (message) => log.warn(`No suggestions: ${message}`));
  const completer = new Completer(engine, (error) => trouble.tell(error));
  const counters = new Counters({
    get: () => context.globalState.get<Counts>(COUNTERS_KEY),
    update: (key, counts) => context.globalState.update(key, counts),
  });
  const provider = new SuggestionProvider(services, completer, counters);

  const parts: { dispose(): unknown }[] = [
    registerForLanguages(configuration, (selector) =>
      vscode.languages.registerInlineCompletionItemProvider(selector, provider),
    ),
    vscode.commands.registerCommand('planwright.acceptSentence', () =>
      acceptSentence(services, completer, provider, counters),
    ),
    vscode.commands.registerCommand('planwright.suggestAlternatives', async () => {
      const key = vscode.window.activeTextEditor?.document.uri.toString();
      if (key !== undefined) await provider.triggerAnew(key, 'alternatives');
    }),
    vscode.commands.registerCommand(ACCEPTED, (characters: unknown) => {
      if (typeof characters !== 'number') return;
      completer.debounce.accepted();
      counters.accepted('whole', characters);
      log.debug(`A suggestion of ${characters} characters was accepted.`);
    }),
    showOfferMessages(completer.offers, services.labels),
    followEditor(services, completer, provider, counters),
    completer,
    counters,
    trouble,
    catchUpWith(services, provider),
  ];
  return {
    isBusy: (state) => completer.isBusy(state.key),
    dispose: () => {
      for (const part of parts) part.dispose();
    },
  };
}
