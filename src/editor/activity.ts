import * as vscode from 'vscode';
import type { Configuration } from './configuration';
import { renamed, type Rename } from './documents/renamed';
import type { Successors } from './documents/successors';

/** Why Planwright does nothing in a document. */
export type OffReason = 'setting' | 'file' | 'snoozed' | 'language' | 'scheme' | 'too-large';

export type Verdict = { readonly on: true } | { readonly on: false; readonly reason: OffReason };

/** Documents that are shown by the editor itself or by version control: nobody writes in them. */
const FOREIGN_SCHEMES = new Set([
  ...['git', 'gitlens', 'output', 'vscode-scm', 'comment', 'walkThrough'],
  // Its own reports.
  ...['planwright', 'planwright-training'],
]);
/** In characters. Beyond it a document is no longer something one writes by hand, and each request would be slow. */
const LARGEST_DOCUMENT = 5_000_000;

const FILES_OFF = 'planwright.filesOff';

/** Whether Planwright works in a document: settings, files that were turned off, snooze. */
export class Activity implements vscode.Disposable {
  private readonly emitter = new vscode.EventEmitter<void>();
  /** Something changed that a verdict depends on. */
  readonly onDidChange = this.emitter.event;
  private readonly subscriptions: readonly vscode.Disposable[];
  private snoozedUntil = 0;
  private timer: NodeJS.Timeout | undefined;
  /** Documents without a name that were turned off until they were closed. */
  private readonly closedOff = new WeakSet<vscode.TextDocument>();

  constructor(
    private readonly configuration: Configuration,
    private readonly memory: vscode.Memento,
    successors: Successors,
  ) {
    this.subscriptions = [
      configuration.onDidChange(() => this.emitter.fire()),
      // The next one of that name is another document. (One whose language changes is closed, too, but still there.)
      vscode.workspace.onDidCloseTextDocument((closed) => {
        const { uri, isUntitled } = closed;
        if (!isUntitled || !this.isFileOff(uri)) return;
        const isThere = vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString());
        if (isThere) return;
        this.closedOff.add(closed);
        void this.setFileOff(uri, false);
      }),
      successors.onDidSucceed(({ from, to }) => {
        if (this.closedOff.has(from)) void this.setFileOff(to.uri, true);
      }),
      vscode.workspace.onDidRenameFiles(({ files }) => void this.rename(files)),
    ];
  }

  of(document: vscode.TextDocument): Verdict {
    const off = (reason: OffReason): Verdict => ({ on: false, reason });
    if (!this.configuration.languages.includes(document.languageId)) return off('language');
    if (FOREIGN_SCHEMES.has(document.uri.scheme)) return off('scheme');
    if (!this.configuration.enabled(document)) return off('setting');
    if (this.isFileOff(document.uri)) return off('file');
    if (this.snoozeEnd !== undefined) return off('snoozed');
    // The end of the last line, without building the text.
    if (document.offsetAt(document.lineAt(document.lineCount - 1).range.end) > LARGEST_DOCUMENT)
      return off('too-large');
    return { on: true };
  }

  /** When the snooze ends; undefined where there is none. */
  get snoozeEnd(): Date | undefined {
    return this.snoozedUntil > Date.now() ? new Date(this.snoozedUntil) : undefined;
  }

  /** Falls silent for so many minutes; 0 ends it. */
  snooze(minutes: number): void {
    clearTimeout(this.timer);
    this.snoozedUntil = minutes > 0 ? Date.now() + minutes * 60_000 : 0;
    if (minutes > 0) this.timer = setTimeout(() => this.emitter.fire(), minutes * 60_000 + 50);
    this.emitter.fire();
  }

  isFileOff(uri: vscode.Uri): boolean {
    return this.filesOff().includes(fileOf(uri));
  }

  async setFileOff(uri: vscode.Uri, off: boolean): Promise<void> {
    const file = fileOf(uri);
    const others = this.filesOff().filter((other) => other !== file);
    await this.memory.update(FILES_OFF, off ? [...others, file] : others);
    this.emitter.fire();
  }

  /** Files, and those in folders, stay off under their new names. */
  private async rename(files: readonly Rename[]): Promise<void> {
    const before = this.filesOff();
    const after = before.map((file) => renamed(vscode.Uri.parse(file), files)?.toString() ?? file);
    if (after.every((file, i) => file === before[i])) return;
    await this.memory.update(FILES_OFF, after);
    this.emitter.fire();
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const subscription of this.subscriptions) subscription.dispose();
    this.emitter.dispose();
  }

  private filesOff(): readonly string[] {
    return this.memory.get<readonly string[]>(FILES_OFF, []);
  }
}

/** What is turned off: a notebook as a whole, of which each cell is a document. */
function fileOf(uri: vscode.Uri): string {
  return (uri.scheme === 'vscode-notebook-cell' ? uri.with({ fragment: '' }) : uri).toString();
}
