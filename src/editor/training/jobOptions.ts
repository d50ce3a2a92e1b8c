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
    folders,
    include: configuration.trainingInclude,
    exclude: [...configuration.trainingExclude, ...hiddenFiles(folders)],
    mode,
    device,
    runtime: 'auto',
    ...(configuration.threads > 0 && { threads: configuration.threads }),
    minutes: configuration.trainingMinutes,
    seed: SEED,
    again,
  };
}

/** The globs of `files.exclude` that hold whatever else is there. */
function hiddenFiles(folders: readonly string[]): string[] {
  const globs = folders.flatMap((folder) => {
    const files = vscode.workspace.getConfiguration('files', vscode.Uri.file(folder));
    return Object.entries(files.get<Record<string, unknown>>('exclude', {}));
  });
  return [...new Set(globs.filter(([, hidden]) => hidden === true).map(([glob]) => glob))];
}
