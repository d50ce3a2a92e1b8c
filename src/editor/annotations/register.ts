import * as vscode from 'vscode';
import { registerForLanguages } from '../languages';
import type { Services } from '../services';
import { LensProvider } from './lensProvider';
import { QuietNotes } from './quietNotes';
import { StructureDiagnostics } from './structureDiagnostics';

export function registerAnnotations(services: Services): vscode.Disposable {
  const lenses = new LensProvider(services);
  const structure = new StructureDiagnostics(services);
  return vscode.Disposable.from(
    registerForLanguages(services.configuration, (selector) =>
      vscode.languages.registerCodeLensProvider(selector, lenses),
    ),
    registerForLanguages(services.configuration, (selector) =>
      vscode.languages.registerCodeActionsProvider(selector, structure, {
        providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
      }),
    ),
    lenses,
    new QuietNotes(services),
    structure,
  );
}
