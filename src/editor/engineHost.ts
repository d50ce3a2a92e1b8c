import * as vscode from 'vscode';
import { EngineClient } from '../engine/client';
import type { Engine } from '../engine/engine';
import type { Activity } from './activity';
import type { Configuration } from './configuration';
import type { WorkspaceModels } from './training/models';

/** Settings that take effect at the engine's next start. */
const ENGINE_SETTINGS = ['planwright.engine', 'planwright.model'];

/**
 * The engine of this window. Nothing is started here: the first request does. A change of its settings, or turning Planwright off for all that is open, ends
 * the process. When the workspace gets another model, an engine that was at work begins anew with it.
 */
export function createEngine(
  context: vscode.ExtensionContext,
  configuration: Configuration,
  activity: Activity,
  models: WorkspaceModels,
  log: vscode.LogOutputChannel,
): Engine {
  let opened = '';
  // A workspace's model has the shape of the one it was made from: what is known of a device for the one holds for the other.
  const memoryKey = (key: string): string =>
    `planwright.device.${opened !== '' && key.endsWith(opened) ? key.slice(0, -opened.length) + models.base : key}`;
  const engine = new EngineClient({
    program: context.asAbsolutePath('dist/engine.mjs'),
    settings: async () => ({
      folder: (opened = await models.activeFolder()),
      device: configuration.device,
      weights: configuration.weights,
      ...(configuration.threads > 0 && { threads: configuration.threads }),
      idleMinutes: configuration.idleMinutes,
    }),
    devices: {
      get: (key) => context.globalState.get(memoryKey(key)),
      set: (key, value) => void context.globalState.update(memoryKey(key), value),
    },
    log: (level, message) => log[level](message),
  });
  const note = (error: unknown): void => log.warn((error as Error).message);
  const stop = (): void => void engine.stop().catch(note);
  const begin = (): void => {
    // Who waits for an answer from an engine that is only starting is refused, and asks again of one that is ready.
    const wasAtWork = engine.state.kind === 'ready' || engine.isWorking;
    void engine
      .stop()
      .then(() => (wasAtWork ? engine.load() : undefined))
      .catch(note);
  };
  context.subscriptions.push(
    engine,
    configuration.onDidChange((event) => {
      if (!ENGINE_SETTINGS.some((name) => event.affectsConfiguration(name))) return;
      if (engine.isWorking) begin();
      else stop();
    }),
    activity.onDidChange(() => {
      if (!vscode.workspace.textDocuments.some((document) => activity.of(document).on)) stop();
    }),
    models.changed.listen(begin),
  );
  return engine;
}
