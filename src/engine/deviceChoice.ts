import type { Speed } from './decodingSpeed';
import type { SkippedDevice } from './engine';
import type { Log } from './engineProcess';
import type { ProbeOutcome } from './gpuProbe';
import type { EngineSettings } from './settings';

/** What is known of the GPU: how fast it is beside the CPU, or why it cannot be used. What follows from it depends on what the settings ask for. */
export type DeviceVerdict =
  | { readonly kind: 'works'; readonly gpu: Speed; readonly cpu: Speed }
  | { readonly kind: 'failed'; readonly reason: string };

/** Where verdicts outlive the editor. */
export interface DeviceMemory {
  /** A verdict, or what an earlier version remembered in its place. */
  get(key: string): unknown;
  set(key: string, verdict: DeviceVerdict): void;
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
  /** Failures that hold no longer than this object: another time the GPU may be ready sooner. */
  private readonly passing = new Map<string, DeviceVerdict>();

  constructor(private readonly options: DeviceChooserOptions) {}

  /**
   * 'cpu' tries nothing, and 'auto' nothing that a writer would wait for: where no verdict is remembered it is the CPU until `tryGpu`. 'webgpu' asks for
   * the GPU: it is tried at once, and once more after a remembered failure. A GPU that cannot be used is skipped, with the reason.
   */
  async choose(settings: EngineSettings, signal: AbortSignal): Promise<DeviceChoice> {
    if (settings.device === 'cpu') return { device: 'cpu' };
    const { platform } = this.options;
    if (!WITH_WEBGPU.includes(platform)) {
      return skip(`onnxruntime has no GPU support for ${platform}.`);
    }
    const key = this.key(settings);
    const verdict = this.known(key);
    const asked = settings.device === 'webgpu';
    if (verdict === undefined && !asked) {
      return skip('It has not been tried yet; that is done after the first suggestions.', true);
    }
    const again = verdict?.kind === 'failed' && asked && !this.tried.has(key);
    return verdict === undefined || again ? this.tryGpu(settings, signal) : choice(verdict, settings);
  }

  /** Where fine-tuning is to run: with 'auto' on the GPU if that is known to be faster at blocks of tokens. Tries nothing. */
  tuningDevice(settings: EngineSettings): 'cpu' | 'webgpu' {
    if (settings.device !== 'auto') return settings.device;
    const verdict = this.known(this.key(settings));
    return verdict?.kind === 'works' && verdict.gpu.block < verdict.cpu.block ? 'webgpu' : 'cpu';
  }

  /** Tries the GPU, and remembers what came of it. @throws {EngineError} 'stopped' when the signal is aborted */
  async tryGpu(settings: EngineSettings, signal: AbortSignal): Promise<DeviceChoice> {
    const { memory, probe, log } = this.options;
    const key = this.key(settings);
    this.tried.add(key);
    const outcome = await probe(settings, signal);
    // A model that does not open says nothing about the device; opened on the CPU, it says what is wrong with it.
    if (outcome.kind === 'unknown') return { device: 'cpu' };
    const verdict: DeviceVerdict = outcome.kind === 'failed' ? { kind: 'failed', reason: outcome.reason } : outcome;
    if (outcome.kind === 'failed' && outcome.passing) this.passing.set(key, verdict);
    else memory.set(key, verdict);
    const chosen = choice(verdict, settings);
    const why = chosen.skipped?.reason;
    log('info', why === undefined ? 'The GPU is used for writing.' : `The GPU is not used for writing: ${why}`);
    if (verdict.kind === 'works') {
      const { gpu, cpu } = verdict;
      log('info', `A block of tokens takes ${gpu.block} ms on the GPU and ${cpu.block} ms on the CPU.`);
    }
    return chosen;
  }

  /** Remembers that the GPU failed at work. */
  fail(settings: EngineSettings, reason: string): void {
    const key = this.key(settings);
    this.tried.add(key);
    this.options.memory.set(key, { kind: 'failed', reason });
  }

  private known(key: string): DeviceVerdict | undefined {
    const remembered = this.options.memory.get(key);
    return isVerdict(remembered) ? remembered : this.passing.get(key);
  }

  private key({ weights, folder }: EngineSettings): string {
    const { platform, onnxruntime } = this.options;
    return ['webgpu', platform, onnxruntime, weights, folder].join('|');
  }
}

/** Earlier versions remembered what they had made of the speeds, not the speeds: the device is tried again. */
function isVerdict(value: unknown): value is DeviceVerdict {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

/** Who asks for the GPU by name gets it even where it is slower. */
function choice(verdict: DeviceVerdict, { device }: EngineSettings): DeviceChoice {
  if (verdict.kind === 'failed') return skip(verdict.reason);
  const { gpu, cpu } = verdict;
  return device === 'auto' && gpu.token > cpu.token
    ? skip(`It is slower than the CPU: ${gpu.token} ms per token against ${cpu.token} ms.`)
    : { device: 'webgpu' };
}

function skip(reason: string, untried = false): DeviceChoice {
  return { device: 'cpu', skipped: { device: 'webgpu', reason, ...(untried && { untried }) } };
}
