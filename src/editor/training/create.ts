import * as vscode from 'vscode';
import type { Engine } from '../../engine/engine';
import type { Training } from '../../engine/training/training';
import type { Configuration } from '../configuration';
import { figures as figuresFor } from './figures';
import { FineTuning } from './fineTuning';
import { groundOf } from './ground';
import { jobOptions } from './jobOptions';
import { ModelCommands } from './modelCommands';
import type { WorkspaceModels } from './models';
import { TrainingNews } from './news';
import { TuningDevice } from './tuningDevice';
import { onBattery } from './battery';
import { Pauses } from './pauses';
import { Unfinished } from './unfinished';
import { VscodeUi } from './vscodeUi';

const UNFINISHED = 'planwright.training.unfinished';

export interface TrainingParts {
  readonly fineTuning: FineTuning;
  readonly modelCommands: ModelCommands;
  readonly pauses: Pauses;
  readonly tuningDevice: TuningDevice;
}

/** Makes what fine-tunes in this window. Nothing is started here. */
export function createFineTuning(
  { storageUri, workspaceState }: vscode.ExtensionContext,
  configuration: Configuration,
  engine: Engine,
  training: Training,
  models: WorkspaceModels,
  log: vscode.LogOutputChannel,
): TrainingParts {
  const { l10n } = vscode;
  const figures = figuresFor(vscode.env.language, l10n);
  const ui = new VscodeUi(log);
  const tell = (level: 'debug' | 'info' | 'warn' | 'error', message: string): void => log[level](message);
  const pauses = new Pauses({ onBattery: () => onBattery() });
  const tuningDevice = new TuningDevice(engine, () => configuration.device);
  const fineTuning = new FineTuning({
    training,
    models,
    pauses,
    ui,
    news: new TrainingNews(ui, l10n, figures, tell),
    unfinished: new Unfinished({
      get: () => workspaceState.get(UNFINISHED),
      set: (run) => void workspaceState.update(UNFINISHED, run),
    }),
    ground: () =>
      groundOf(
        {
          trusted: vscode.workspace.isTrusted,
          on: configuration.enabledSomewhere(),
          folders: (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => ({
            scheme: uri.scheme,
            path: uri.fsPath,
          })),
          hasStore: storageUri !== undefined,
        },
        l10n,
      ),
    options: async (folders, mode, again, begunOn) =>
      jobOptions(configuration, await tuningDevice.choose(begunOn), models.place!, folders, mode, again),
    gpuFailed: () => tuningDevice.fail(),
    workspaceName: () => vscode.workspace.name ?? '',
    l10n,
    figures,
    log: tell,
  });
  const modelCommands = new ModelCommands({
    training,
    models,
    ui,
    l10n,
    figures,
    abandonRun: () => fineTuning.abandon(),
  });
  return { fineTuning, modelCommands, pauses, tuningDevice };
}
