import type { EngineState } from '../../engine/engine';

/** Says of each state of the engine whether the writer is to be told: of a failure once, until the engine was asked to do something else. */
export class FailureNews {
  private told = false;

  /** The failure's words where they are news; undefined otherwise. */
  of(state: EngineState): string | undefined {
    if (state.kind !== 'failed') {
      // A failed engine does nothing by itself: the writer asked for a restart or changed a setting, and will want to know how that went.
      this.told = false;
      return undefined;
    }
    if (this.told) return undefined;
    this.told = true;
    return state.error.message;
  }
}
