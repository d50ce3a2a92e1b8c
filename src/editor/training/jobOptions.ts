import * as vscode from 'vscode';
import type { JobOptions, StorePlace, TrainingMode } from '../../engine/training/protocol';
import type { Configuration } from '../configuration';

/** The same documents are held out each time, and the same draws made: runs can be compared. */
const SEED = 1;

/** What the settings and the workspace say about a run. */
export function jobOptions(
  configuration: Configuration,
  device: JobOptions['device'],
  { store, base }: StorePlace,
  folders: readonly string[],
  mode: TrainingMode,
  again: boolean,
): JobOptions {
  return {
    baseFolder: base,
    storeFolder: store,
    folders: folders.map((path) => ({ path, exclude: [...configuration.trainingExclude, ...hiddenFiles(path)] })),
    include: configuration.trainingInclude,
    mode,
    device,
    runtime: 'auto',
    ...(configuration.threads > 0 && { threads: configuration.threads }),
    minutes: configuration.trainingMinutes,
    seed: SEED,
    again,
  };
}

/** The globs of a folder's `files.exclude` that hold whatever else is there. */
function hiddenFiles(folder: string): string[] {
  const files = vscode.workspace.getConfiguration('files', vscode.Uri.file(folder));
  const globs = Object.entries(files.get<Record<string, unknown>>('exclude', {}));
  return globs.filter(([, hidden]) => hidden === true).map(([glob]) => glob);
}
