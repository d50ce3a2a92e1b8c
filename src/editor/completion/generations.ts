import { Generation } from './generation';
import { Anchor, type Place } from './place';
import type { Spot, Wish } from './wish';

/** Asks the engine; `made` says for which place, as the cache keeps it. */
export type Work = (
  made: { readonly steering: string; readonly anchor: Anchor },
  signal: AbortSignal,
  onPartial: (text: string) => void,
) => Promise<void>;

/** What runs in the engine for suggestions: one generation at a time, for there is one writer. */
export class Generations {
  private current: Generation | undefined;

  /** The running generation, where its result may be what is wanted. */
  find(wish: Wish): Generation | undefined {
    return this.current?.serves(wish) ? this.current : undefined;
  }

  /**
   * Starts one, and stops the one before.
   * @param conditions its own, as far as they are known when asked
   * @param textNow the text of its document as it is when asked
   */
  start({ place, steeringSince }: Spot, conditions: () => string, textNow: () => string, work: Work): Generation {
    this.current?.stop();
    const anchor = new Anchor(place);
    const steering = steeringSince(place.offset);
    this.current = new Generation(
      conditions,
      steering,
      anchor,
      (signal, onPartial) => work({ steering, anchor }, signal, onPartial),
      textNow,
    );
    return this.current;
  }

  isRunning(key: string): boolean {
    return this.current?.running === true && this.current.anchor.key === key;
  }

  /** A document was edited. */
  edited(key: string): void {
    if (this.isRunning(key)) this.current?.check();
  }

  /** The cursor is somewhere: typing along moves it, anything else gives up what was being generated. */
  moved({ key, text, offset }: Place): void {
    if (this.isRunning(key) && this.current?.anchor.cursorIn(text) !== offset) this.stop();
  }

  /** Stops what runs. */
  stop(): void {
    this.current?.stop();
    this.current = undefined;
  }
}
