import type { SkippedDevice } from './engine';
import type { Log } from './engineProcess';
import type { ProbeOutcome } from './gpuProbe';
import type { EngineSettings } from './settings';

/** What is known of a device: whether it can be used, and if not, why. */
export interface DeviceVerdict {
  readonly usable: boolean;
  readonly reason?: string;
}

/** Where verdicts outlive the editor. Setting undefined forgets one. */
export interface DeviceMemory {
  get(key: string): DeviceVerdict | undefined;
  set(key: string, verdict: DeviceVerdict | undefined): void;
}

export interface DeviceChoice {
  readonly device: 'cpu' | 'webgpu';
  readonly skipped?: SkippedDevice;
}

/** Platforms whose onnxruntime-node has WebGPU in it. */
const WITH_WEBGPU = ['linux-x64', 'win32-x64', 'win32-arm64', 'darwin-arm64'];

export interface DeviceChooserOptions {
  readonly memory: DeviceMemory;
  readonly probe: (settings: EngineSettings, signal: AbortSignal) => Promise<ProbeOutcome>;
  readonly onnxruntime: string;
  readonly log: Log;
  /** `process.platform` and `process.arch`. */
  readonly platform: string;
}

/**
 * Decides where the model runs. The GPU is tried in a throw-away process first, for a broken driver can bring a process down; what came of it
 * is remembered, per platform, run-time, weights and model.
 */
export class DeviceChooser {
  /** Keys that were tried since this object was made. */
  private readonly tried = new Set<string>();

  constructor(private readonly options: DeviceChooserOptions) {}

  /**
   * 'cpu' tries nothing; 'auto' tries the GPU unless a verdict is remembered; 'webgpu' asks for the GPU: a remembered failure is tried once more.
   * A GPU that cannot be used is skipped, with the reason.
   */
  async choose(settings: EngineSettings, signal: AbortSignal): Promise<DeviceChoice> {
    if (settings.device === 'cpu') return { device: 'cpu' };
    const { platform, memory, probe, log } = this.options;
    if (!WITH_WEBGPU.includes(platform)) {
      return skip(`onnxruntime has no GPU support for ${platform}.`);
    }
    const key = this.key(settings);
    let verdict = memory.get(key);
    if (verdict?.usable === false && settings.device === 'webgpu' && !this.tried.has(key)) verdict = undefined;
    if (verdict === undefined) {
      this.tried.add(key);
      const outcome = await probe(settings, signal);
      // A model that does not open says nothing about the device; opened on the CPU, it says what is wrong with it.
      if (outcome.kind === 'unknown') return { device: 'cpu' };
      verdict = judge(outcome, settings.device === 'auto');
      log('info', verdict.usable ? 'The GPU can be used.' : `The GPU is not used: ${verdict.reason ?? ''}`);
      memory.set(key, verdict);
    }
    return verdict.usable ? { device: 'webgpu' } : skip(verdict.reason ?? 'It failed before.');
  }

  /** Remembers that the GPU failed at work. */
  fail(settings: EngineSettings, reason: string): void {
    const key = this.key(settings);
    this.tried.add(key);
    this.options.memory.set(key, { usable: false, reason });
  }

  /** Forgets what is remembered for these settings: the GPU is tried again at the next start. */
  forget(settings: EngineSettings): void {
    const key = this.key(settings);
    this.tried.delete(key);
    this.options.memory.set(key, undefined);
  }

  private key({ weights, folder }: EngineSettings): string {
    const { platform, onnxruntime } = this.options;
    return ['webgpu', platform, onnxruntime, weights, folder].join('|');
  }
}

function judge(outcome: Exclude<ProbeOutcome, { kind: 'unknown' }>, mustBeFaster: boolean): DeviceVerdict {
  if (outcome.kind === 'failed') return { usable: false, reason: outcome.reason };
  const { gpu, cpu } = outcome;
  if (mustBeFaster && gpu > cpu) {
    return { usable: false, reason: `It is slower than the CPU: ${gpu} ms per token against ${cpu} ms.` };
  }
  return { usable: true };
}

function skip(reason: string): DeviceChoice {
  return { device: 'cpu', skipped: { device: 'webgpu', reason } };
}
