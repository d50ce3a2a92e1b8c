import * as vscode from 'vscode';
import type { Services } from '../services';
import { hoverMarkdown } from './hoverMarkdown';
import type { InfluenceBook } from './influenceBook';
import { hoverTarget } from './target';

const COMMANDS = ['steer', 'pin', 'unpin', 'never', 'allow'].map((name) => `planwright.${name}`);

/** Shows what is known of the sentence under the mouse or at the caret. It only reads: a hover never makes the model run. */
export class HoverProvider implements vscode.HoverProvider {
  constructor(
    private readonly services: Services,
    private readonly influences: InfluenceBook,
  ) {}

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const { configuration, documents, engine, labels } = this.services;
    if (!configuration.hoverEnabled(document)) return undefined;
    const state = documents.get(document);
    const target = state && hoverTarget(state, document.offsetAt(position));
    if (state === undefined || target === undefined) return undefined;
    const influence = this.influences.get(state, target.unit);
    const text = hoverMarkdown(state, target, { labels, engine: engine.state, influence, l10n: vscode.l10n });
    const markdown = new vscode.MarkdownString(text);
    markdown.isTrusted = { enabledCommands: COMMANDS };
    if (target.kind === 'place') return new vscode.Hover(markdown);
    const { start, end } = target.span;
    return new vscode.Hover(markdown, new vscode.Range(document.positionAt(start), document.positionAt(end)));
  }
}
