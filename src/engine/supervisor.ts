import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ResponseError } from 'vscode-jsonrpc/node';
import { failures } from './advice';
import type { DeviceChoice, DeviceChooser } from './deviceChoice';
import { EngineError, type EngineState } from './engine';
import { EngineProcess, ProcessEnded, type Log } from './engineProcess';
import { FAILURE } from './failures';
import { notifications, requests, type EngineInfo } from './protocol';
import { RestartCounter, type RestartPolicy } from './restartPolicy';
import { toArguments, type EngineSettings } from './settings';

export interface SupervisorOptions {
  readonly program: string;
  readonly execPath: string;
  settings(): EngineSettings | Promise<EngineSettings>;
  readonly chooser: DeviceChooser;
  readonly policy: RestartPolicy;
  readonly log: Log;
  onState(state: EngineState): void;
  /** Whether a request waits for an answer. */
  isBusy(): boolean;
}

/** A process that is gone, or of no use. */
interface Loss {
  readonly how: string;
  readonly wasReady: boolean;
  /** Started again at once and not counted: the cause was found and is avoided from now on. */
  readonly free: boolean;
}

/** A live process and what it was started with. */
interface Live {
  readonly process: EngineProcess;
  readonly settings: EngineSettings;
  /** What it runs on, and what it had better run on from now on. */
  readonly device: DeviceChoice['device'];
  choice: DeviceChoice;
  info: EngineInfo | undefined;
  /** It has answered about a document. */
  proven: boolean;
}

/** Keeps one engine process alive: starts it when it is needed, starts it again when it ends, and gives up when that happens too often. */
export class Supervisor {
  private status: EngineState = { kind: 'stopped' };
  /** The process being started, or the one that lives. */
  private running: Promise<EngineProcess> | undefined;
  private live: Live | undefined;
  /** Those who wait for a process to ask. */
  private readonly waiting = new Set<(process: EngineProcess) => void>();
  /** Aborted by `stop`. */
  private epoch = new AbortController();
  private readonly counter: RestartCounter;

  constructor(private readonly options: SupervisorOptions) {
    this.counter = new RestartCounter(options.policy);
  }

  get state(): EngineState {
    return this.status;
  }

  /** The process, if one can be asked without waiting. */
  get process(): EngineProcess | undefined {
    const ready = this.status.kind === 'ready' || this.status.kind === 'unloaded';
    return ready ? this.live?.process : undefined;
  }

  /** A process that is ready; starts one where there is none. @throws {EngineError} */
  ready(): Promise<EngineProcess> {
    if (this.status.kind === 'failed') return Promise.reject(this.status.error);
    return (this.running ??= this.begin());
  }

  /**
   * A process that can be asked: one that is ready, or one that is opening its model, which answers when it has. Starts one where there is none.
   * @returns `opened`: the process that is ready in the end, which is another one where this one does not open
   * @throws {EngineError}
   */
  accepting(): Promise<{ readonly process: EngineProcess; readonly opened: Promise<EngineProcess> }> {
    const opened = this.ready();
    const live = this.live?.process;
    if (live?.alive() === true) return Promise.resolve({ process: live, opened });
    return new Promise((resolve, reject) => {
      const take = (process: EngineProcess): void => resolve({ process, opened });
      this.waiting.add(take);
      opened.then(take, reject);
    });
  }

  /** Notes that a process has answered about a document: its device works, and it is of use. */
  prove(process: EngineProcess): void {
    if (this.live?.process !== process) return;
    this.live.proven = true;
    this.counter.work();
  }

  /** Nothing is asked at the moment: the time to end a process that has freed its model, or to go over to a GPU that was found to be better. */
  rest(): void {
    const { live } = this;
    if (live?.process.alive() !== true || this.options.isBusy()) return;
    if (this.status.kind === 'unloaded') this.letGo(live.process);
    if (this.status.kind !== 'ready' || live.choice.device === live.device) return;
    this.live = undefined;
    this.running = this.begin({ how: 'to go over to the GPU', wasReady: true, free: true });
    void live.process.stop();
  }

  isOnGpu(process: EngineProcess): boolean {
    return this.live?.process === process && this.live.device === 'webgpu';
  }

  /**
   * The process is of no use any more: another one is started in its place, and not on the GPU where that is what failed.
   * @param how it ended, for people
   * @param reason why the GPU is not used again; how it ended unless told
   */
  async replace(process: EngineProcess, how: string, reason = `The engine ended ${how}.`): Promise<void> {
    const { live } = this;
    if (live?.process !== process) return;
    const onGpu = live.device === 'webgpu';
    this.options.log('warn', `The engine ended ${how}.`);
    if (onGpu) this.options.chooser.fail(live.settings, reason);
    this.live = undefined;
    this.running = this.begin({ how, wasReady: true, free: onGpu });
    await process.stop('failed');
  }

  /** Ends the process and starts none again before `stop` or a restart. */
  async fail(process: EngineProcess, error: EngineError): Promise<void> {
    if (this.live?.process !== process) return;
    this.live = undefined;
    this.running = undefined;
    this.set({ kind: 'failed', error });
    await process.stop();
  }

  /** Ends the process, if there is one; forgets failures. */
  async stop(): Promise<void> {
    const { live } = this;
    this.epoch.abort();
    this.epoch = new AbortController();
    this.running = undefined;
    this.live = undefined;
    this.counter.reset();
    if (this.status.kind !== 'stopped') this.set({ kind: 'stopped' });
    await live?.process.stop();
  }

  private begin(loss?: Loss): Promise<EngineProcess> {
    const epoch = this.epoch.signal;
    const running = this.bringUp(loss, epoch).catch((error: unknown) => {
      if (epoch.aborted) throw failures.stopped();
      const failure = error instanceof EngineError ? error : failures.notStarted((error as Error).message);
      this.running = undefined;
      this.set({ kind: 'failed', error: failure });
      throw failure;
    });
    // Whoever waits for it is told; perhaps nobody does.
    running.catch(() => undefined);
    return running;
  }

  private async bringUp(first: Loss | undefined, epoch: AbortSignal): Promise<EngineProcess> {
    // Whoever asked for it has the promise before the state changes: a listener may ask for the process in turn.
    await Promise.resolve();
    epoch.throwIfAborted();
    let loss = first;
    for (;;) {
      if (loss && !loss.free) await this.backOff(loss, epoch);
      const outcome = await this.start(epoch);
      if (outcome instanceof EngineProcess) return outcome;
      this.options.log('warn', `The engine ended ${outcome.how}.`);
      loss = outcome;
    }
  }

  private async backOff(loss: Loss, epoch: AbortSignal): Promise<void> {
    const next = this.counter.next();
    if (next === undefined) throw failures.gaveUp(loss.how, loss.wasReady);
    this.set({ kind: 'restarting', attempt: next.attempt, inMilliseconds: next.delay });
    await sleep(next.delay, undefined, { signal: epoch });
  }

  /** One attempt: a process that is ready, or how it was lost. @throws {EngineError} where another attempt would not help */
  private async start(epoch: AbortSignal): Promise<EngineProcess | Loss> {
    const { program, execPath, chooser, policy, log } = this.options;
    this.set({ kind: 'starting' });
    if (!existsSync(program)) throw failures.programMissing(program);
    const settings = await this.options.settings();
    epoch.throwIfAborted();
    const choice = await chooser.choose(settings, epoch);
    epoch.throwIfAborted();
    const process = new EngineProcess({
      name: 'engine',
      execPath,
      program,
      argv: toArguments({ mode: 'serve', settings: { ...settings, device: choice.device } }),
      log,
      killMilliseconds: policy.killMilliseconds,
      hear: (connection) => {
        connection.onNotification(notifications.loaded, (info) => this.onLoaded(process, info));
        connection.onNotification(notifications.unloaded, () => this.onUnloaded(process));
      },
    });
    const live: Live = {
      process,
      settings,
      device: choice.device,
      choice,
      info: undefined,
      proven: false,
    };
    this.live = live;
    const late = AbortSignal.timeout(policy.startMilliseconds);
    try {
      const loaded = process.ask((connection) => connection.sendRequest(requests.load), late);
      // Asked first: whatever else is asked is answered after it.
      for (const take of this.waiting) take(process);
      this.waiting.clear();
      live.info = await loaded;
    } catch (error) {
      await process.stop();
      epoch.throwIfAborted();
      this.live = undefined;
      if (late.aborted) return { how: 'without being ready in time', wasReady: false, free: false };
      return this.startFailure(error, live);
    }
    epoch.throwIfAborted();
    void process.ended.then(({ how }) => this.onEnd(live, how));
    this.setReady(live);
    if (choice.skipped?.untried) void this.tryGpu(live, epoch);
    return process;
  }

  /** Finds out, beside the engine's work, whether the GPU is the better device. */
  private async tryGpu(live: Live, epoch: AbortSignal): Promise<void> {
    const { chooser, policy, log } = this.options;
    try {
      await sleep(policy.tryGpuMilliseconds, undefined, { signal: epoch, ref: false });
      if (this.live !== live) return;
      const choice = await chooser.tryGpu(live.settings, epoch);
      if (this.live !== live) return;
      live.choice = choice;
    } catch (error) {
      if (!epoch.aborted) log('warn', `The GPU could not be tried: ${(error as Error).message}`);
      return;
    }
    if (this.status.kind === 'ready') this.setReady(live);
    this.rest();
  }

  private startFailure(error: unknown, { device, settings }: Live): Loss {
    const onGpu = device === 'webgpu';
    if (error instanceof ProcessEnded) {
      const { how, spawnError } = error.end;
      if (spawnError !== undefined) throw failures.notStarted(spawnError);
      if (onGpu) this.options.chooser.fail(settings, `The engine ended ${how} when it opened the model on it.`);
      return { how, wasReady: false, free: onGpu };
    }
    const { message } = error as Error;
    const code = error instanceof ResponseError ? error.code : undefined;
    if (code === FAILURE.modelBroken) throw failures.modelBroken(message);
    // Drivers fail in many words; what is not the GPU's fault shows on the CPU.
    if (onGpu) {
      this.options.chooser.fail(settings, message);
      return { how: 'because its device failed', wasReady: false, free: true };
    }
    throw failures.notOpened(message);
  }

  /** A process that was ready is gone. */
  private onEnd(live: Live, how: string): void {
    if (this.live !== live) return;
    this.live = undefined;
    this.options.log('warn', `The engine ended ${how}.`);
    const firstUse = live.device === 'webgpu' && !live.proven;
    if (firstUse) this.options.chooser.fail(live.settings, `The engine ended ${how} at its first use of it.`);
    this.running = this.begin({ how, wasReady: true, free: firstUse });
  }

  private onLoaded(process: EngineProcess, info: EngineInfo): void {
    const { live } = this;
    if (live?.process !== process) return;
    live.info = info;
    if (this.status.kind === 'unloaded') this.setReady(live);
  }

  /**
   * The process has freed its model: it is ended, unless someone waits for it. (Of 240 MB that it has opened one into, 20 come back as long as it lives: the
   * rest stays in the heaps of the C library and of V8.)
   */
  private onUnloaded(process: EngineProcess): void {
    if (this.live?.process !== process || this.status.kind !== 'ready') return;
    if (this.options.isBusy()) this.set({ kind: 'unloaded' });
    else this.letGo(process);
  }

  private letGo(process: EngineProcess): void {
    this.live = undefined;
    this.running = undefined;
    if (this.status.kind !== 'unloaded') this.set({ kind: 'unloaded' });
    void process.stop();
  }

  private setReady({ info, choice }: Live): void {
    if (info) this.set({ kind: 'ready', info, skippedDevice: choice.skipped });
  }

  private set(state: EngineState): void {
    this.status = state;
    this.options.onState(state);
  }
}
