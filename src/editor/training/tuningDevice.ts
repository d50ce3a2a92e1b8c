import type { Engine } from '../../engine/engine';
import type { JobOptions } from '../../engine/training/protocol';

/** Where fine-tuning runs in this window. */
export class TuningDevice {
  private hasFailed = false;

  /** @param asked the setting */
  constructor(
    private readonly engine: Pick<Engine, 'tuningDevice'>,
    private readonly asked: () => 'auto' | JobOptions['device'],
  ) {}

  /**
   * `auto` is the GPU where it is known to be faster at fine-tuning and has not failed at it in this window; for a run that was cut off, what it was
   * begun on. What the settings name is so in any case: a run that was begun elsewhere cannot be taken up there.
   */
  async choose(begunOn?: JobOptions['device']): Promise<JobOptions['device']> {
    const asked = this.asked();
    if (asked !== 'auto') return asked;
    if (begunOn !== undefined) return begunOn;
    return this.hasFailed ? 'cpu' : this.engine.tuningDevice();
  }

  /** Notes that the GPU failed at fine-tuning. Another time it may have more memory to spare. */
  fail(): void {
    this.hasFailed = true;
  }
}
