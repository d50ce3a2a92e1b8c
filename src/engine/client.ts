import { ResponseError } from 'vscode-jsonrpc/node';
import { failures } from './advice';
import { DeviceChooser, type DeviceMemory } from './deviceChoice';
import { DocumentMirror, type CallOptions, type Mirrored } from './documentMirror';
import {
  EngineCancelled,
  type EngineError,
  type Disposable,
  type Engine,
  type EngineDocument,
  type EngineState,
} from './engine';
import { ProcessEnded, type EngineProcess, type Log, type Send } from './engineProcess';
import { FAILURE } from './failures';
import { probeGpu } from './gpuProbe';
import { Heartbeat } from './heartbeat';
import { onnxruntimeVersion } from './onnxruntimeVersion';
import { requests, type EngineInfo, type LabelInfo, type MemoryInfo, type SelfTestReply } from './protocol';
import { DEFAULT_POLICY, type RestartPolicy } from './restartPolicy';
import type { EngineSettings } from './settings';
import { Supervisor } from './supervisor';
import { unlessAborted } from './waiting';

export interface EngineClientOptions {
  /** Path of the engine's program, dist/engine.mjs. */
  readonly program: string;
  /** Asked for at each start of the process. Must not reject. */
  settings(): EngineSettings | Promise<EngineSettings>;
  /** Remembers which devices failed. */
  readonly devices: DeviceMemory;
  /** Takes what happens, never document text. */
  readonly log: Log;
  /** What differs from DEFAULT_POLICY. */
  readonly policy?: Partial<RestartPolicy>;
  /** The Node to run it with; this process's own unless told. */
  readonly execPath?: string;
  /** The program that tries the GPU; the engine's own unless told. */
  readonly probeProgram?: string;
  /** `process.platform` and `process.arch` unless told. */
  readonly platform?: string;
}

/** How an engine ended whose device failed. */
const DEVICE_FAILED = 'because its device failed';

/** The engine as the editor sees it: a process that is forked when first needed, watched, and started again when it ends. */
export class EngineClient implements Engine {
  private readonly supervisor: Supervisor;
  private readonly chooser: DeviceChooser;
  private readonly heartbeat: Heartbeat;
  private readonly listeners = new Set<(state: EngineState) => void>();
  private readonly workListeners = new Set<(working: boolean) => void>();
  /** Requests that are not answered yet. */
  private open = 0;
  private disposed = false;

  constructor(private readonly options: EngineClientOptions) {
    const { program, log, execPath = process.execPath, probeProgram = program } = options;
    this.chooser = new DeviceChooser({
      memory: options.devices,
      probe: (settings, signal) => probeGpu(execPath, probeProgram, settings, signal),
      onnxruntime: onnxruntimeVersion(program),
      log,
      platform: options.platform ?? `${process.platform}-${process.arch}`,
    });
    const policy = { ...DEFAULT_POLICY, ...options.policy };
    this.heartbeat = new Heartbeat(policy.silenceMilliseconds, (process) => {
      void this.supervisor.replace(process, 'without answering any more');
    });
    this.supervisor = new Supervisor({
      program,
      execPath,
      settings: () => options.settings(),
      chooser: this.chooser,
      policy,
      log,
      onState: (state) => this.tell(this.listeners, state),
      isBusy: () => this.open > 0,
    });
  }

  get state(): EngineState {
    return this.supervisor.state;
  }

  onDidChangeState(listener: (state: EngineState) => void): Disposable {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  }

  get isWorking(): boolean {
    return this.open > 0;
  }

  onDidChangeWorking(listener: (working: boolean) => void): Disposable {
    this.workListeners.add(listener);
    return { dispose: () => void this.workListeners.delete(listener) };
  }

  document(key: string, text: () => string): EngineDocument {
    return new DocumentMirror(key, text, (send, options) => this.call(send, options));
  }

  load(signal?: AbortSignal): Promise<EngineInfo> {
    return this.call((connection, token) => connection.sendRequest(requests.load, token), { signal, retry: true });
  }

  labels(signal?: AbortSignal): Promise<readonly LabelInfo[]> {
    return this.call((connection, token) => connection.sendRequest(requests.labels, token), { signal, retry: true });
  }

  selfTest(signal?: AbortSignal): Promise<SelfTestReply> {
    return this.call((connection, token) => connection.sendRequest(requests.selfTest, token), { signal, retry: false });
  }

  async unload(): Promise<void> {
    await this.ifRunning((connection) => connection.sendRequest(requests.unload));
  }

  memory(): Promise<MemoryInfo | undefined> {
    return this.ifRunning((connection) => connection.sendRequest(requests.memory));
  }

  stop(): Promise<void> {
    return this.supervisor.stop();
  }

  async restart(): Promise<EngineInfo> {
    await this.stop();
    return this.load();
  }

  async tuningDevice(): Promise<'cpu' | 'webgpu'> {
    return this.chooser.tuningDevice(await this.options.settings());
  }

  dispose(): void {
    this.disposed = true;
    void this.stop();
    this.listeners.clear();
    this.workListeners.clear();
  }

  /** Makes a request of a process that is ready, starting one where there is none. @throws {EngineCancelled} {@link EngineError} */
  private async call<T>(send: Send<T>, options: CallOptions): Promise<T> {
    if (this.open++ === 0) this.tell(this.workListeners, true);
    try {
      return await this.persist(send, options);
    } finally {
      if (--this.open === 0) {
        this.tell(this.workListeners, false);
        this.supervisor.rest();
      }
    }
  }

  private async persist<T>(send: Send<T>, { signal, retry, document }: CallOptions): Promise<T> {
    let again = true;
    for (;;) {
      if (this.disposed) throw failures.stopped();
      // One that opens its model yet answers when it has, without waiting for a busy editor to hear that it is ready and to ask then.
      const { process, opened } = await unlessAborted(this.supervisor.accepting(), signal);
      try {
        document?.bringUpToDate(process);
        // Once it has opened, one that answers nothing is noticed.
        opened.then((ready) => this.heartbeat.beat(ready)).catch(() => undefined);
        const reply = await process.ask(send, signal);
        if (document) this.supervisor.prove(process);
        return reply;
      } catch (error) {
        if (error instanceof EngineCancelled) throw error;
        // What happens before it has opened is the supervisor's matter: there may be another one by then, or none.
        if ((await unlessAborted(opened, signal)) !== process) continue;
        const failure = await this.understand(error, process, document);
        const mayRetry = failure === 'out-of-step' || (retry && failure.code === 'crashed');
        if (!again || !mayRetry)
          throw failure === 'out-of-step' ? failures.requestFailed((error as Error).message) : failure;
        again = false;
      }
    }
  }

  /** What an error means, having done what must be done about it. @throws {EngineCancelled} */
  private async understand(
    error: unknown,
    process: EngineProcess,
    document: Mirrored | undefined,
  ): Promise<EngineError | 'out-of-step'> {
    if (error instanceof ProcessEnded) {
      if (!error.end.expected) return failures.crashed(error.end.how);
      return this.state.kind === 'failed' ? this.state.error : failures.stopped();
    }
    const { message } = error as Error;
    switch (error instanceof ResponseError ? error.code : undefined) {
      case FAILURE.cancelled:
        throw new EngineCancelled();
      case FAILURE.outOfStep:
        document?.forget();
        return 'out-of-step';
      case FAILURE.modelBroken: {
        const failure = failures.modelBroken(message);
        await this.supervisor.fail(process, failure);
        return failure;
      }
      case FAILURE.noNumbers:
        if (!this.supervisor.isOnGpu(process)) return failures.requestFailed(message);
        await this.supervisor.replace(process, DEVICE_FAILED, 'It computes no numbers: its driver is faulty.');
        return failures.crashed(DEVICE_FAILED);
      case FAILURE.device:
        await this.supervisor.replace(process, DEVICE_FAILED, message);
        return failures.crashed(DEVICE_FAILED);
      default:
        return failures.requestFailed(message);
    }
  }

  /** Asks a process that is there, and starts none. */
  private async ifRunning<T>(send: Send<T>): Promise<T | undefined> {
    const { process } = this.supervisor;
    try {
      return await process?.ask(send);
    } catch (error) {
      if (error instanceof ProcessEnded) return undefined;
      throw failures.requestFailed((error as Error).message);
    }
  }

  private tell<T>(listeners: ReadonlySet<(value: T) => void>, value: T): void {
    for (const listener of [...listeners]) {
      try {
        listener(value);
      } catch (error) {
        this.options.log('error', `A listener of the engine failed: ${(error as Error).message}`);
      }
    }
  }
}
