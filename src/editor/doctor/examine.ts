import { arch, platform, release } from 'node:os';
import * as vscode from 'vscode';
import type { HostWork } from '../hostTimings';
import type { Services } from '../services';
import type { Findings } from './findings';
import { showsInlineSuggestions } from './inlineSuggestions';

/** Extensions that are known to offer inline suggestions in Markdown, or can be set to. */
const RIVALS = [
  'github.copilot',
  'github.copilot-chat',
  'continue.continue',
  'tabbyml.vscode-tabby',
  'codeium.codeium',
  'supermaven.supermaven',
  'tabnine.tabnine-vscode',
  'ggml-org.llama-vscode',
  'rjmacarthy.twinny',
  'kilocode.kilo-code',
];

const TIMED: readonly HostWork[] = ['activate', 'edit', 'lenses', 'suggestion', 'typed-through'];

/** Looks at everything that suggestions in a document depend on, and lets the engine test itself. Starts the engine, unless Planwright is off. */
export async function examine(
  services: Services,
  document: vscode.TextDocument | undefined,
  signal: AbortSignal,
): Promise<Findings> {
  const { configuration, context, engine, models, timings, tuningDevice } = services;
  const enabled = configuration.enabledSomewhere();
  const selfTest = enabled ? await runSelfTest(services, signal) : ({ kind: 'not-run' } as const);
  const manifest = context.extension.packageJSON as { readonly version: string };
  const runsElsewhere =
    vscode.env.remoteName !== undefined && context.extension.extensionKind === vscode.ExtensionKind.Workspace;
  return {
    versions: {
      planwright: manifest.version,
      editor: `${vscode.env.appName} ${vscode.version}`,
      node: process.versions.node,
      system: `${platform()} ${release()} ${arch()}`,
    },
    remote: runsElsewhere ? vscode.env.remoteName : undefined,
    trusted: vscode.workspace.isTrusted,
    enabled,
    offHere: offIn(document, services),
    inlineSuggest: showsInlineSuggestions(),
    changedSettings: configuration.changed(),
    rivals: RIVALS.flatMap((id) => {
      const rival = vscode.extensions.getExtension(id);
      return rival?.isActive ? [(rival.packageJSON as { displayName?: string }).displayName ?? id] : [];
    }),
    modelFolder: configuration.modelFolder,
    isTuned: models.known?.using === 'workspace',
    deviceAsked: configuration.device,
    skippedDevice: engine.state.kind === 'ready' ? engine.state.skippedDevice : undefined,
    tuningDevice: enabled && vscode.workspace.isTrusted ? await tuningDevice.choose() : undefined,
    selfTest,
    timings: TIMED.flatMap((work) => {
      const count = timings.of(work).length;
      if (count === 0) return [];
      return [{ work, count, p50: timings.quantile(work, 0.5)!, p99: timings.quantile(work, 0.99)! }];
    }),
  };
}

function offIn(document: vscode.TextDocument | undefined, { activity, configuration }: Services): Findings['offHere'] {
  if (document === undefined || !configuration.languages.includes(document.languageId)) return undefined;
  const verdict = activity.of(document);
  return verdict.on ? undefined : verdict.reason;
}

async function runSelfTest({ engine }: Services, signal: AbortSignal): Promise<Findings['selfTest']> {
  try {
    return { kind: 'passed', reply: await engine.selfTest(signal) };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'failed', message: (error as Error).message };
  }
}
