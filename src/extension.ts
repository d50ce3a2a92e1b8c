import { join } from 'node:path';
import * as vscode from 'vscode';
import { Activity } from './editor/activity';
import { registerAnnotations } from './editor/annotations/register';
import { registerCompletions } from './editor/completion/register';
import { Configuration } from './editor/configuration';
import { registerDoctor } from './editor/doctor/register';
import { DocumentStore } from './editor/documents/documentStore';
import { Follower } from './editor/documents/follower';
import { Successors } from './editor/documents/successors';
import { PlanFetcher } from './editor/documents/planFetcher';
import { createEngine } from './editor/engineHost';
import { HostTimings } from './editor/hostTimings';
import { registerHover } from './editor/hover/register';
import { LabelBook } from './editor/labelBook';
import { registerPlanView } from './editor/planView/register';
import type { Services } from './editor/services';
import { registerStatus } from './editor/status/register';
import { registerSteering } from './editor/steering/register';
import { createFineTuning } from './editor/training/create';
import { WorkspaceModels } from './editor/training/models';
import { registerTraining } from './editor/training/register';
import type { Engine } from './engine/engine';
import { TrainingClient } from './engine/training/client';

/** What tests and benchmarks see of a running extension. */
export interface TestApi {
  readonly services: Services;
}

/** Called by the editor when a document of one of our languages is opened, or one of our commands or views is used. */
export function activate(context: vscode.ExtensionContext): TestApi | undefined {
  const began = performance.now();
  const log = vscode.window.createOutputChannel('Planwright', { log: true });
  const timings = new HostTimings();
  const configuration = new Configuration(context.extension);
  const successors = new Successors();
  const activity = new Activity(configuration, context.workspaceState, successors);
  const training = new TrainingClient({
    program: context.asAbsolutePath('dist/training.mjs'),
    log: (level, message) => log[level](message),
  });
  const models = new WorkspaceModels({
    training,
    store: context.storageUri && join(context.storageUri.fsPath, 'model'),
    base: () => configuration.modelFolder || context.asAbsolutePath('models/starter'),
    log: (level, message) => log[level](message),
  });
  const engine = createEngine(context, configuration, activity, models, log);
  startEngine(engine, activity, log);
  const labels = new LabelBook(engine, (error) => log.warn(`The labels' names cannot be read: ${error.message}`));
  const documents = new DocumentStore(engine, activity, timings, successors);
  const follower = new Follower(activity, documents);
  const tuning = createFineTuning(context, configuration, engine, training, models, log);
  const { fineTuning, tuningDevice } = tuning;
  const services: Services = {
    context,
    configuration,
    activity,
    engine,
    labels,
    documents,
    follower,
    timings,
    models,
    fineTuning,
    tuningDevice,
    log,
  };

  const completions = registerCompletions(services);
  const plans = new PlanFetcher(documents, log, (state) => completions.isBusy(state));
  context.subscriptions.push(
    log,
    configuration,
    successors,
    activity,
    documents,
    follower,
    completions,
    plans,
    registerAnnotations(services),
    registerHover(services),
    registerSteering(services),
    registerPlanView(services),
    registerStatus(services),
    registerDoctor(services),
    training,
    registerTraining(services, tuning, training),
    labels.replaced.listen(() => documents.forgetSteering()),
    // One that was refused or cut off is asked for again.
    engine.onDidChangeState(({ kind }) => {
      if (kind === 'ready') plans.lookAtVisible();
    }),
    activity.onDidChange(() => {
      setContextKeys(configuration);
      plans.lookAtVisible();
    }),
  );
  setContextKeys(configuration);
  plans.lookAtVisible();
  timings.record('activate', performance.now() - began);
  const { version } = context.extension.packageJSON as { readonly version: string };
  log.info(`Planwright ${version} is active.`);
  return context.extensionMode === vscode.ExtensionMode.Production ? undefined : { services };
}

/**
 * The engine begins to open its model at once where it will be needed: what comes later waits in this thread until the editor has activated its other
 * extensions for the same document.
 */
function startEngine(engine: Engine, activity: Activity, log: vscode.LogOutputChannel): void {
  if (!vscode.window.visibleTextEditors.some(({ document }) => activity.of(document).on)) return;
  // A failure is the engine's state from then on, and told there.
  engine.load().catch((error: unknown) => log.debug(`The engine is not there yet: ${(error as Error).message}`));
}

/** What the manifest's when-clauses ask for. */
function setContextKeys(configuration: Configuration): void {
  const on = configuration.enabledSomewhere();
  void vscode.commands.executeCommand('setContext', 'planwright.on', on);
  // Not the same as "not on": before the extension is active, neither is set.
  void vscode.commands.executeCommand('setContext', 'planwright.off', !on);
  void vscode.commands.executeCommand('setContext', 'planwright.languages', configuration.languages);
}
