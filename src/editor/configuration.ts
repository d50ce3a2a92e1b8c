import * as vscode from 'vscode';

const SECTION = 'planwright';

export type Confidence = 'quiet' | 'balanced' | 'eager';
export type AnnotationStyle = 'lens' | 'quiet' | 'off';

/** What is read of package.json. */
interface Manifest {
  readonly contributes: {
    readonly configuration: readonly { readonly properties: Readonly<Record<string, unknown>> }[];
  };
}

/** The settings, read when asked for. package.json says what each means, its default and its scope. */
export class Configuration implements vscode.Disposable {
  private readonly emitter = new vscode.EventEmitter<vscode.ConfigurationChangeEvent>();
  private readonly subscription: vscode.Disposable;
  /** A setting of Planwright changed. */
  readonly onDidChange = this.emitter.event;

  constructor(private readonly extension: vscode.Extension<unknown>) {
    this.subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(SECTION)) this.emitter.fire(event);
    });
  }

  /** Whether Planwright works in this document's language and folder; without one, in general. */
  enabled(document?: vscode.TextDocument): boolean {
    return this.get('enable', true, document);
  }

  /** Whether it works in general or in one of its languages. */
  enabledSomewhere(): boolean {
    return this.scopes().some((scope) =>
      vscode.workspace.getConfiguration(SECTION, scope).get<boolean>('enable', true),
    );
  }

  get languages(): readonly string[] {
    return this.get('languages', ['markdown']);
  }

  completionsEnabled(document?: vscode.TextDocument): boolean {
    return this.get('completions.enable', true, document);
  }

  confidence(document?: vscode.TextDocument): Confidence {
    return this.get<Confidence>('completions.confidence', 'balanced', document);
  }

  /** How far an unasked suggestion goes. */
  completionLength(document: vscode.TextDocument): 'sentence' | 'paragraph' {
    return this.get('completions.length', 'sentence', document);
  }

  /** The shortest pause in typing before a suggestion is computed, in milliseconds. */
  completionDelay(document: vscode.TextDocument): number {
    return Math.max(0, this.get('completions.minimumDelay', 120, document));
  }

  annotationStyle(document?: vscode.TextDocument): AnnotationStyle {
    return this.get<AnnotationStyle>('annotations.style', 'lens', document);
  }

  /** How many sentence labels of a paragraph are spelt out at most. */
  annotationLabels(document: vscode.TextDocument): number {
    return Math.max(1, this.get('annotations.labels', 4, document));
  }

  hoverEnabled(document: vscode.TextDocument): boolean {
    return this.get('hover.enable', true, document);
  }

  structureEnabled(document: vscode.TextDocument): boolean {
    return this.get('structure.enable', false, document);
  }

  /** From how many bits of surprise on a sentence is marked. */
  structureThreshold(document: vscode.TextDocument): number {
    return this.get('structure.threshold', 9.4, document);
  }

  get device(): 'auto' | 'cpu' | 'webgpu' {
    return this.get('engine.device', 'auto');
  }

  get weights(): 'auto' | 'float32' | 'int8' | 'int4' {
    return this.get('engine.weights', 'auto');
  }

  /** 0: the run-time's choice. */
  get threads(): number {
    return Math.max(0, this.get('engine.threads', 0));
  }

  get idleMinutes(): number {
    return Math.max(0, this.get('engine.idleMinutes', 10));
  }

  /** Another model's folder; empty for the bundled one. Its scope is the machine: it is never a workspace's. */
  get modelFolder(): string {
    return this.get('model.folder', '').trim();
  }

  /** Globs of the documents to learn from; the usual ones if empty. */
  get trainingInclude(): readonly string[] {
    return this.get('training.include', []);
  }

  get trainingExclude(): readonly string[] {
    return this.get('training.exclude', []);
  }

  /** How long fine-tuning may take. */
  get trainingMinutes(): number {
    return Math.max(1, this.get('training.minutes', 15));
  }

  /** Names of the settings that are not at their defaults. */
  changed(): string[] {
    const sections = this.scopes().map((scope) => vscode.workspace.getConfiguration(SECTION, scope));
    const manifest = this.extension.packageJSON as Manifest;
    return manifest.contributes.configuration
      .flatMap(({ properties }) => Object.keys(properties))
      .filter((name) => {
        const found = sections.map((section) => section.inspect(name.slice(SECTION.length + 1)));
        return found
          .flatMap((one) => [
            ...[one?.globalValue, one?.workspaceValue, one?.workspaceFolderValue],
            ...[one?.globalLanguageValue, one?.workspaceLanguageValue, one?.workspaceFolderLanguageValue],
          ])
          .some((value) => value !== undefined);
      });
  }

  /** In general, and in each of its languages and folders: settings can differ there. */
  private scopes(): readonly (vscode.ConfigurationScope | undefined)[] {
    const languages = this.languages.map((languageId) => ({ languageId }));
    const folders = vscode.workspace.workspaceFolders ?? [];
    return [
      undefined,
      ...languages,
      ...folders.flatMap(({ uri }) => languages.map((language) => ({ uri, ...language }))),
    ];
  }

  /** Gives a setting a value where the one is that holds, else for the user. One for the language wins over all that are for none. */
  async set(name: string, value: unknown, document?: vscode.TextDocument): Promise<void> {
    const section = vscode.workspace.getConfiguration(SECTION, document);
    const found = section.inspect(name);
    const { Global, Workspace, WorkspaceFolder } = vscode.ConfigurationTarget;
    const places = [
      [found?.workspaceFolderLanguageValue, WorkspaceFolder, true],
      [found?.workspaceLanguageValue, Workspace, true],
      [found?.globalLanguageValue, Global, true],
      [found?.workspaceFolderValue, WorkspaceFolder, false],
      [found?.workspaceValue, Workspace, false],
    ] as const;
    const place = places.find(([present]) => present !== undefined);
    await section.update(name, value, place?.[1] ?? Global, place?.[2] ?? false);
  }

  dispose(): void {
    this.subscription.dispose();
    this.emitter.dispose();
  }

  private get<T>(name: string, fallback: T, document?: vscode.TextDocument): T {
    return vscode.workspace.getConfiguration(SECTION, document).get<T>(name, fallback);
  }
}
