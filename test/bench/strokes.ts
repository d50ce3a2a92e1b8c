import type { Page } from 'playwright-core';

/** A key that was struck, and what came of it; times in milliseconds of the page's clock. */
export interface Stroke {
  readonly key: string;
  readonly struck: number;
  /** The suggestion that was shown when it was struck; empty where there was none. */
  readonly before: string;
  /** When there was a suggestion, or a shorter one in the place of that `before`; undefined while there is none, or where the next key came first. */
  shown?: number;
}

declare global {
  interface Window {
    strokes: Stroke[];
  }
}

const POLL_MS = 50;

/** Times keys and suggestions inside the page, where no wire and no polling spoils the figures. */
export class StrokeWatch {
  private constructor(private readonly page: Page) {}

  static async install(page: Page): Promise<StrokeWatch> {
    await page.evaluate(() => {
      const strokes: Stroke[] = (window.strokes = []);
      const ghost = (): string =>
        [...document.querySelectorAll('.ghost-text-decoration, .ghost-text-decoration-preview, .ghost-text')]
          .map(({ textContent }) => textContent)
          .join('');
      const onKey = ({ key, timeStamp }: KeyboardEvent): void => {
        strokes.push({ key, struck: timeStamp, before: ghost() });
      };
      const onMutation = (): void => {
        const last = strokes.at(-1);
        if (last === undefined || last.shown !== undefined) return;
        const { length } = ghost();
        if (length > 0 && (last.before === '' || length < last.before.length)) last.shown = performance.now();
      };
      window.addEventListener('keydown', onKey, { capture: true });
      const editors = document.querySelector('.part.editor')!;
      new MutationObserver(onMutation).observe(editors, { subtree: true, childList: true, characterData: true });
    });
    return new StrokeWatch(page);
  }

  /** Waits so many milliseconds at most for what the latest stroke brings. */
  async settled(timeout: number): Promise<Stroke> {
    const shown = (): boolean => window.strokes.at(-1)?.shown !== undefined;
    // Asked in every frame, as the library would do it, the page would be kept busy with it.
    await this.page.waitForFunction(shown, undefined, { timeout, polling: POLL_MS }).catch(() => undefined);
    return (await this.all()).at(-1)!;
  }

  async all(): Promise<readonly Stroke[]> {
    return this.page.evaluate(() => window.strokes);
  }

  async forget(): Promise<void> {
    await this.page.evaluate(() => void window.strokes.splice(0));
  }
}
