import { equal } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { ROOT } from '../../scripts/setup.mjs';
import { CHROMIUM_ARGUMENTS, findChromium } from '../../scripts/vscode/programs.mjs';
import { startServer, temporaryHome, workbenchAddress } from '../../scripts/vscode/server.mjs';

/** Long enough for a machine that does other things as well; what is there sooner is not waited for. */
const TIMEOUT_MS = 90_000;
const SAVE_TIMEOUT_MS = 20_000;
const POLL_MS = 50;
const EVIDENCE = join(ROOT, '.cache', 'e2e');
const VIEWPORT = { width: 1280, height: 720 };

/** The extension logs why it shows nothing: evidence, where a test fails. */
const REASONS: [string, string][] = [['logLevel', 'planwright.planwright:debug']];

const THEMES = {
  light: { setting: 'Default Light Modern', css: '.monaco-workbench.vs' },
  dark: { setting: 'Default Dark Modern', css: '.monaco-workbench.vs-dark' },
  'high-contrast': { setting: 'Default High Contrast', css: '.monaco-workbench.hc-black' },
} as const;
export type Theme = keyof typeof THEMES;

export interface WorkbenchOptions {
  /** Files of the workspace, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** User settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Folder of installed extensions. */
  readonly extensions: string;
}

/** A real VS Code in a headless browser, driven as a person would. Everything waits until it is so, and fails after a long while. */
export class Workbench {
  /** Addresses outside of this machine that the page asked for. */
  readonly foreignRequests: string[] = [];

  private constructor(
    readonly page: Page,
    readonly folder: string,
    private readonly browser: Browser,
    private readonly server: Awaited<ReturnType<typeof startServer>>,
    private readonly home: ReturnType<typeof temporaryHome>,
  ) {
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (/^(https?|wss?):/.test(url.protocol) && url.hostname !== '127.0.0.1') this.foreignRequests.push(url.href);
    });
  }

  static async open({ files, settings = {}, extensions }: WorkbenchOptions): Promise<Workbench> {
    const home = temporaryHome(settings);
    const folder = join(home.folder, 'notes');
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const server = await startServer({ home, extensions });
    const browser = await chromium.launch({ executablePath: findChromium()!, args: CHROMIUM_ARGUMENTS });
    // Without animations a picture shows what is there, not how it comes.
    const page = await browser.newPage({ viewport: VIEWPORT, reducedMotion: 'reduce' });
    page.setDefaultTimeout(TIMEOUT_MS);
    const workbench = new Workbench(page, folder, browser, server, home);
    await page.goto(workbenchAddress(server.address, folder, [], REASONS));
    await page.locator('.explorer-viewlet .monaco-list-row').first().waitFor();
    return workbench;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    this.home.remove();
  }

  // ---- files and settings

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Makes a file and opens it. */
  async openNew(name: string, text: string): Promise<void> {
    writeFileSync(this.path(name), text);
    await this.openFile(name);
  }

  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    const input = this.page.locator('.quick-input-widget:visible input.input');
    await input.waitFor();
    // The list is of the files that were there when it was last asked for: asked again until this one is.
    await eventually(`${name} in the list of files`, async () => {
      await input.fill('');
      await input.fill(name);
      const row = this.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: name });
      return appears(row, 3000);
    });
    await this.page.keyboard.press('Enter');
    await this.editor(name).locator('.view-line').first().waitFor();
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await eventually('focus in the editor', () =>
      this.editor(name).evaluate((element) => element.contains(document.activeElement)),
    );
  }

  editor(name: string): Locator {
    return this.page.locator(`.editor-instance .monaco-editor[data-uri$="/${name}"]`);
  }

  /** Saves the file in the editor; on the disk it must be `expected` then. */
  async saved(name: string, expected: string): Promise<void> {
    await this.press('Control+S');
    const deadline = Date.now() + SAVE_TIMEOUT_MS;
    while (readFileSync(this.path(name), 'utf8') !== expected && Date.now() < deadline) await pause();
    equal(readFileSync(this.path(name), 'utf8'), expected);
  }

  /** Gives the workspace its settings. (Of the user's VS Code here reads a change from outside only when it starts.) */
  configure(settings: Readonly<Record<string, unknown>>): void {
    mkdirSync(this.path('.vscode'), { recursive: true });
    writeFileSync(this.path('.vscode/settings.json'), JSON.stringify(settings));
  }

  theme(theme: Theme): void {
    this.configure({ 'workbench.colorTheme': THEMES[theme].setting });
  }

  async themed(theme: Theme): Promise<void> {
    await this.page.locator(THEMES[theme].css).waitFor();
  }

  // ---- keys

  async type(text: string, delay = 20): Promise<void> {
    await this.page.keyboard.type(text, { delay });
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Puts the cursor at a line and column, both counted from 1. */
  async goTo(line: number, column: number): Promise<void> {
    await this.press('Control+G');
    const input = this.page.locator('.quick-input-widget:visible input.input');
    await input.fill(`:${line}:${column}`);
    await this.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await this.statusText(`Ln ${line}, Col ${column}`);
  }

  /** Runs a command by its title, through the palette. */
  async command(title: string): Promise<void> {
    await this.press('F1');
    const input = this.page.locator('.quick-input-widget:visible input.input');
    await input.fill(`>${title}`);
    await this.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: title }).waitFor();
    await this.press('Enter');
    // The palette is gone, or what the command asks stands in its place.
    await eventually('the end of the palette', async () => {
      const asking = this.page.locator('.quick-input-widget:visible input.input');
      return !(await asking.inputValue({ timeout: 1000 }).catch(() => '')).startsWith('>');
    });
  }

  /** Chooses the first row of the open quick pick that says `text`. */
  async pick(text: string): Promise<void> {
    await this.page.locator('.quick-input-widget:visible .monaco-list-row', { hasText: text }).first().click();
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  // ---- what is seen

  /** Lines of the visible editor, from top to bottom, ghost text included. */
  async lines(): Promise<string[]> {
    return this.page
      .locator('.editor-instance .view-lines')
      .first()
      .evaluate((lines) => {
        const found = [...lines.querySelectorAll<HTMLElement>(':scope > .view-line')];
        return found
          .sort((a, b) => Number.parseFloat(a.style.top) - Number.parseFloat(b.style.top))
          .map((line) => line.textContent.replaceAll('\u00a0', ' '));
      });
  }

  /** The suggestion that is shown, as one text; empty where there is none. */
  async ghost(): Promise<string> {
    return this.page
      .locator('.editor-instance')
      .first()
      .evaluate((editor) => {
        const spans = [
          ...editor.querySelectorAll('.ghost-text-decoration, .ghost-text-decoration-preview, .ghost-text'),
        ];
        const placed = spans.map((span) => ({ text: span.textContent, at: span.getBoundingClientRect() }));
        placed.sort((a, b) => (Math.abs(a.at.top - b.at.top) > 4 ? a.at.top - b.at.top : a.at.left - b.at.left));
        return placed
          .map(({ text }) => text)
          .join('')
          .replaceAll('\u00a0', ' ');
      });
  }

  /** Whether there is a suggestion within so many milliseconds. */
  async suggests(milliseconds: number): Promise<boolean> {
    const deadline = Date.now() + milliseconds;
    while (Date.now() < deadline) {
      if ((await this.ghost()) !== '') return true;
      await pause();
    }
    return false;
  }

  /** Waits for a suggestion that differs from `other`. */
  async ghostText(other = ''): Promise<string> {
    let shown = '';
    await eventually('a suggestion', async () => (shown = await this.ghost()) !== '' && shown !== other);
    return shown;
  }

  async noGhost(): Promise<void> {
    await eventually('no suggestion', async () => (await this.ghost()) === '');
  }

  /** Texts of the CodeLens lines, from top to bottom. */
  async lenses(): Promise<string[]> {
    return this.page.locator('.editor-instance .codelens-decoration').evaluateAll((lenses) =>
      lenses
        .map((lens) => ({ text: (lens as HTMLElement).innerText, top: lens.getBoundingClientRect().top }))
        .sort((a, b) => a.top - b.top)
        .map(({ text }) => text.replace(/\s+/g, ' ').trim()),
    );
  }

  /** Moves the mouse onto a word of the text and returns the hover's content once it contains `expected`. */
  async hover(word: string, expected: string | RegExp): Promise<Locator> {
    const hover = this.page.locator('.monaco-hover:visible', { hasText: expected });
    await eventually(`a hover over ${word}`, async () => {
      const { x, y } = await this.placeOf(word);
      await this.page.mouse.move(x - 60, y + 60);
      await this.page.mouse.move(x, y, { steps: 8 });
      return appears(hover, 5000);
    });
    return hover;
  }

  /** The middle of a word's first appearance in the editor. */
  async placeOf(word: string): Promise<{ x: number; y: number }> {
    return this.page
      .locator('.editor-instance .view-lines')
      .first()
      .evaluate((lines, wanted) => {
        const walker = document.createTreeWalker(lines, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          const at = (node.textContent ?? '').replaceAll('\u00a0', ' ').indexOf(wanted);
          if (at < 0) continue;
          const range = document.createRange();
          range.setStart(node, at);
          range.setEnd(node, at + wanted.length);
          const box = range.getBoundingClientRect();
          return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
        }
        throw new Error(`"${wanted}" is not in the editor.`);
      }, word);
  }

  /** Rows of the open quick pick. */
  async picks(): Promise<string[]> {
    const rows = this.page.locator('.quick-input-widget:visible .quick-input-list .monaco-list-row');
    await rows.first().waitFor();
    return rows.evaluateAll((found) => found.map((row) => row.getAttribute('aria-label') ?? row.textContent));
  }

  /** Opens a view container of the activity bar. */
  async openView(name: string): Promise<void> {
    await this.page.locator(`.activitybar [aria-label^="${name}"]`).first().click();
  }

  /** Rows of the tree in the side bar. */
  async treeRows(): Promise<string[]> {
    return this.page
      .locator('.sidebar .pane-body .monaco-list-row')
      .evaluateAll((found) => found.map((row) => row.getAttribute('aria-label') ?? row.textContent));
  }

  async statusText(text: string | RegExp): Promise<void> {
    await this.page.locator('.statusbar', { hasText: text }).waitFor();
  }

  /** What notifications and dialogs say at the moment. */
  async messages(): Promise<string[]> {
    return this.page.locator('.notifications-toasts .notification-list-item, .monaco-dialog-box').allInnerTexts();
  }

  /** Everything that the extension logged. */
  log(): string {
    const logs = join(this.home.folder, 'data', 'logs');
    if (!existsSync(logs)) return '';
    const files = readdirSync(logs, { recursive: true, encoding: 'utf8' });
    return files
      .filter((name) => name.endsWith('Planwright.log'))
      .map((name) => readFileSync(join(logs, name), 'utf8'))
      .join('');
  }

  async evidence(name: string): Promise<void> {
    const path = join(EVIDENCE, `failed-${name.replace(/\W+/g, '-')}`);
    await this.page.screenshot({ path: `${path}.png` });
    writeFileSync(`${path}.log`, `${this.log()}\n${this.server.output()}`);
  }

  // ---- the engine

  /** Process ids of the engine of this window. */
  enginePids(): number[] {
    const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,pgid=,args='], { encoding: 'utf8' });
    return stdout.split('\n').flatMap((line) => {
      const [, pid, group, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      return Number(group) === this.server.pid && /dist\/engine\.mjs(?!.*probe)/.test(args ?? '') ? [Number(pid)] : [];
    });
  }

  // ---- pictures

  /**
   * Takes a picture of the window (`whole`) or its editors, down to so many pixels `below` the top. With PLANWRIGHT_PICTURES it goes to media/pictures
   * as well, for the README.
   */
  async picture(name: string, { below, whole = false }: { below: number; whole?: boolean }): Promise<void> {
    const editors = await this.page.locator('.part.editor').boundingBox();
    const x = whole ? 0 : (editors?.x ?? 0);
    const y = whole ? 0 : (editors?.y ?? 0);
    const clip = { x, y, width: VIEWPORT.width - x, height: Math.min(below, VIEWPORT.height) - y };
    const image = await this.page.screenshot({ clip, caret: 'initial' });
    const folders = [EVIDENCE];
    if (process.env.PLANWRIGHT_PICTURES !== undefined) folders.push(join(ROOT, 'media', 'pictures'));
    for (const folder of folders) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${name}.png`), image);
    }
  }
}

/** Waits until something is so. */
export async function eventually(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    if (await isSo()) return;
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}.`);
    await pause();
  }
}

/** Whether something is there within so many milliseconds. */
async function appears(locator: Locator, timeout: number): Promise<boolean> {
  return locator.waitFor({ timeout }).then(
    () => true,
    () => false,
  );
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, POLL_MS));
