import { pause } from '../completion/pause';

/** Why fine-tuning waits. */
export type PauseReason = 'battery' | 'typing' | 'engine';

export interface PauseOptions {
  onBattery(): Promise<boolean>;
  /** How long after the last key it goes on: a pause to think is no end of writing. */
  readonly typingMilliseconds?: number;
  /** How long after the engine's last answer: one request often follows another. */
  readonly engineMilliseconds?: number;
  /** How often the battery is looked at; asking costs something itself. */
  readonly batteryMilliseconds?: number;
  /** How long after the last key a question may take the focus. */
  readonly restMilliseconds?: number;
}

/** Decides when fine-tuning waits: while the writer types, while the engine works for the writer, and on battery. */
export class Pauses {
  private readonly typingMs: number;
  private readonly engineMs: number;
  private readonly batteryMs: number;
  private readonly restMs: number;
  private tell: ((reason: PauseReason | undefined) => void) | undefined;
  private told: PauseReason | undefined;
  private readonly reasons = new Set<PauseReason>();
  private readonly timers = new Map<PauseReason, NodeJS.Timeout>();
  private working = false;
  private lastKey = -Infinity;
  private poll: NodeJS.Timeout | undefined;

  constructor(private readonly options: PauseOptions) {
    this.typingMs = options.typingMilliseconds ?? 5000;
    this.engineMs = options.engineMilliseconds ?? 500;
    this.batteryMs = options.batteryMilliseconds ?? 60_000;
    this.restMs = options.restMilliseconds ?? 2000;
  }

  /** The reason that weighs most: what lasts longest is named first. */
  get reason(): PauseReason | undefined {
    return (['battery', 'typing', 'engine'] as const).find((reason) => this.reasons.has(reason));
  }

  /** Watches, from now to `end`. @param tell told of each change */
  begin(tell: (reason: PauseReason | undefined) => void): void {
    this.end();
    this.tell = tell;
    this.set('engine', this.working);
    this.lookAtBattery();
    this.poll = setInterval(() => this.lookAtBattery(), this.batteryMs);
  }

  /** Watches no more. */
  end(): void {
    this.tell = undefined;
    this.told = undefined;
    clearInterval(this.poll);
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.reasons.clear();
  }

  /** A key was pressed. */
  typed(): void {
    this.lastKey = performance.now();
    if (this.tell === undefined) return;
    this.set('typing', true);
    this.later('typing', this.typingMs);
  }

  /** Resolves once nobody types, or with the signal: a question that comes while one types is answered by the next key. */
  async rest(signal: AbortSignal): Promise<void> {
    for (;;) {
      const left = this.lastKey + this.restMs - performance.now();
      if (left <= 0 || signal.aborted) return;
      await pause(left, signal);
    }
  }

  /** The engine began to work, or is done. */
  engine(working: boolean): void {
    this.working = working;
    if (this.tell === undefined) return;
    if (working) {
      clearTimeout(this.timers.get('engine'));
      this.set('engine', true);
    } else this.later('engine', this.engineMs);
  }

  private lookAtBattery(): void {
    const { tell } = this;
    void this.options.onBattery().then((on) => {
      if (this.tell === tell) this.set('battery', on);
    });
  }

  private later(reason: PauseReason, milliseconds: number): void {
    clearTimeout(this.timers.get(reason));
    this.timers.set(
      reason,
      setTimeout(() => this.set(reason, false), milliseconds),
    );
  }

  private set(reason: PauseReason, holds: boolean): void {
    if (holds) this.reasons.add(reason);
    else this.reasons.delete(reason);
    if (this.reason === this.told) return;
    this.told = this.reason;
    this.tell?.(this.told);
  }
}
