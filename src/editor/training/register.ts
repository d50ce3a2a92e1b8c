import * as vscode from 'vscode';
import type { Training } from '../../engine/training/training';
import type { Services } from '../services';
import type { TrainingParts } from './create';
import { ReportDocument } from './reportDocument';
import { showTrainingItem } from './trainingItem';

/** Registers the commands around fine-tuning, what makes it wait, and where its progress is seen. */
export function registerTraining(
  services: Services,
  { modelCommands, pauses }: TrainingParts,
  training: Training,
): vscode.Disposable {
  const { configuration, engine, fineTuning, models } = services;
  const report = new ReportDocument();
  pauses.engine(engine.isWorking);
  const commands: Record<string, () => unknown> = {
    fineTune: () => fineTuning.start({ again: false }),
    fineTuneAgain: () => fineTuning.start({ again: true }),
    stopFineTuning: () => fineTuning.stop(),
    showTrainingReport: () => showReport(services, training, report),
    switchModel: () => modelCommands.switch(),
    forgetModel: () => modelCommands.forget(),
    exportModel: () => modelCommands.export(),
    importModel: () => modelCommands.import(),
  };
  const setContext = (): void => {
    void vscode.commands.executeCommand('setContext', 'planwright.training', fineTuning.state.kind === 'running');
  };
  // What an extension host that ended in the middle of a run has said outlives it.
  setContext();
  fineTuning.offerToResume();
  return vscode.Disposable.from(
    ...Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(`planwright.${name}`, run)),
    report,
    showTrainingItem(fineTuning),
    fineTuning.changed.listen(setContext),
    models.troubled.listen((message) => void tellOfTrouble(message)),
    engine.onDidChangeWorking((working) => pauses.engine(working)),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      // A log that grows in a window, or a file that is loaded again, is nobody's typing.
      const isAtHand = vscode.window.state.focused && vscode.window.activeTextEditor?.document === document;
      if (contentChanges.length > 0 && isAtHand) pauses.typed();
    }),
    configuration.onDidChange(() => {
      // Off means that no process runs.
      if (!configuration.enabledSomewhere()) void fineTuning.end();
    }),
    new vscode.Disposable(() => pauses.end()),
  );
}

/** Of this window's last run, or of the one before that the store remembers. */
async function showReport(
  { fineTuning, models }: Services,
  training: Training,
  document: ReportDocument,
): Promise<void> {
  const { place } = models;
  const report = fineTuning.lastReport ?? (place && (await training.lastReport(place).catch(() => undefined)));
  if (report === undefined) {
    const { l10n } = vscode;
    const title = l10n.t('Fine-tune…');
    const chosen = await vscode.window.showInformationMessage(
      l10n.t('Planwright: there is no report, because nothing has been fine-tuned in this workspace yet.'),
      title,
    );
    if (chosen === title) await fineTuning.start({ again: false });
    return;
  }
  await document.show(report);
}

/** The workspace's model cannot be used: what can be done about it is to make another, or to forget it. */
async function tellOfTrouble(message: string): Promise<void> {
  const { l10n } = vscode;
  const commands = new Map([
    [l10n.t('Fine-tune…'), 'planwright.fineTune'],
    [l10n.t('Forget…'), 'planwright.forgetModel'],
  ]);
  const chosen = await vscode.window.showWarningMessage(`Planwright: ${message}`, ...commands.keys());
  const command = chosen && commands.get(chosen);
  if (command !== undefined) await vscode.commands.executeCommand(command);
}
