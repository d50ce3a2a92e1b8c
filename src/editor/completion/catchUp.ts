/** By then the editor has asked for suggestions after a key, if it knows whom to ask: its own pause is 50 ms. */
const ASKED_BY_MS = 150;

/**
 * Whoever types while the extension is being activated has typed before the editor knew whom to ask, and would wait in vain for a suggestion until the
 * next key. So an edit that the editor has not asked about is answered unasked, until it asks for the first time.
 */
export class CatchUp {
  private timer: NodeJS.Timeout | undefined;
  private isOver = false;

  /** @param trigger makes the editor ask about a document */
  constructor(private readonly trigger: (key: string) => void) {}

  /** A document was edited; before the extension was there, or since. */
  edited(key: string): void {
    if (this.isOver) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.asked();
      this.trigger(key);
    }, ASKED_BY_MS);
  }

  /** The editor has asked: it knows whom. */
  asked(): void {
    this.isOver = true;
    clearTimeout(this.timer);
  }

  dispose(): void {
    this.asked();
  }
}
