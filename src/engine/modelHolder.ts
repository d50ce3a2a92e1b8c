import type { LabelSet } from '../model/labels';
import { openModel } from '../model/openModel';
import type { PlannerLM } from '../model/plannerLm';
import { describeModel } from './modelInfo';
import type { EngineInfo } from './protocol';
import type { ProcessSettings } from './settings';

export interface HeldModel {
  readonly model: PlannerLM;
  readonly labels: LabelSet;
  readonly info: EngineInfo;
}

export interface ModelEvents {
  onOpened(info: EngineInfo): void;
  /** No work uses the model any longer; what was made from it should be forgotten. */
  onFreed(): void;
}

/** A model and who uses it. */
interface Slot {
  readonly opening: Promise<HeldModel>;
  users: number;
  /** Called once nobody uses a slot that was given up. */
  release: (() => void) | undefined;
}

/** The engine's one model: opened when first needed, once for all who ask at the same time, and freed after a while without use. */
export class ModelHolder {
  private slot: Slot | undefined;
  private idle: NodeJS.Timeout | undefined;

  constructor(
    private readonly settings: ProcessSettings,
    private readonly events: ModelEvents,
  ) {}

  get isLoaded(): boolean {
    return this.slot !== undefined;
  }

  /**
   * Runs work with the model, which stays open at least until the work is done.
   * @throws {ModelError} and what else opening a model throws; the next call tries again
   */
  async use<T>(work: (held: HeldModel) => Promise<T>): Promise<T> {
    const slot = (this.slot ??= { opening: this.open(), users: 0, release: undefined });
    clearTimeout(this.idle);
    slot.users++;
    try {
      return await work(await slot.opening);
    } catch (error) {
      // A model that did not open is not kept.
      await slot.opening.catch(() => {
        if (this.slot === slot) this.slot = undefined;
      });
      throw error;
    } finally {
      slot.users--;
      if (slot.users === 0) {
        slot.release?.();
        if (this.slot === slot) this.watchIdle();
      }
    }
  }

  /** Frees the model as soon as the work that uses it is done. Work that comes later opens a new one. */
  async unload(): Promise<void> {
    const { slot } = this;
    if (slot === undefined) return;
    clearTimeout(this.idle);
    this.slot = undefined;
    this.events.onFreed();
    if (slot.users > 0) await new Promise<void>((resolve) => (slot.release = resolve));
    const held = await slot.opening.catch(() => undefined);
    await held?.model.close();
  }

  private async open(): Promise<HeldModel> {
    const { folder, device, weights, threads } = this.settings;
    const began = performance.now();
    const model = await openModel(folder, { device, weights, ...(threads !== undefined && { threads }) });
    const info = await describeModel(model, performance.now() - began);
    this.events.onOpened(info);
    return { model, labels: model.labels, info };
  }

  private watchIdle(): void {
    const milliseconds = this.settings.idleMinutes * 60_000;
    if (milliseconds <= 0) return;
    clearTimeout(this.idle);
    // A timer holds at most 31 bits of milliseconds, and wraps to none beyond.
    this.idle = setTimeout(() => void this.unload(), Math.min(milliseconds, 2 ** 31 - 1));
  }
}
