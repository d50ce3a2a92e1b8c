import * as vscode from 'vscode';
import { registerForLanguages } from '../languages';
import type { Services } from '../services';
import { explain } from './explain';
import { HoverProvider } from './hoverProvider';
import { InfluenceBook } from './influenceBook';
import { InfluenceFetcher } from './influenceFetcher';

export function registerHover(services: Services): vscode.Disposable {
  const influences = new InfluenceBook();
  const provider = new HoverProvider(services, influences);
  return vscode.Disposable.from(
    registerForLanguages(services.configuration, (selector) =>
      vscode.languages.registerHoverProvider(selector, provider),
    ),
    new InfluenceFetcher(services, influences),
    vscode.commands.registerCommand('planwright.explain', explain),
  );
}
