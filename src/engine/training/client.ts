import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import { EngineCancelled } from '../engine';
import { EngineProcess, type Log, type Send } from '../engineProcess';
import { programMissing, understand } from './failures';
import {
  notifications,
  requests,
  type ActiveModel,
  type JobOptions,
  type ModelChoice,
  type ModelTransfer,
  type StorePlace,
  type StoreState,
  type Survey,
  type TrainingProgress,
  type TrainingReport,
} from './protocol';
import { TrainingFailure, type Training, type TrainingRun } from './training';

/** A process that does not go when asked to is killed: what it was doing is in its checkpoint. */
const KILL_MS = 2000;

export interface TrainingClientOptions {
  /** Path of the training program, dist/training.mjs. */
  readonly program: string;
  /** Takes what happens, never document text. */
  readonly log: Log;
  /** The Node to run it with; this process's own unless told. */
  readonly execPath?: string;
}

/** Training as the editor sees it. A process is forked for each thing that is asked for, and ended when it is done: none stays behind. */
export class TrainingClient implements Training {
  private readonly live = new Set<EngineProcess>();

  constructor(private readonly options: TrainingClientOptions) {}

  survey(options: JobOptions, signal: AbortSignal): Promise<Survey> {
    return this.ask((connection, token) => connection.sendRequest(requests.survey, options, token), signal);
  }

  run(options: JobOptions, onProgress: (progress: TrainingProgress) => void): TrainingRun {
    let process: EngineProcess | undefined;
    const tell = (send: (connection: MessageConnection) => Promise<void>): void => process?.tell(send);
    const start = async (): Promise<TrainingReport> => {
      process = this.start((connection) => connection.onNotification(notifications.progress, onProgress));
      return this.finish(process, (connection) => connection.sendRequest(requests.run, options), undefined, true);
    };
    return {
      report: start(),
      pause: (reason) => tell((connection) => connection.sendNotification(notifications.pause, { reason })),
      resume: () => tell((connection) => connection.sendNotification(notifications.resume)),
      stop: (keep) => tell((connection) => connection.sendNotification(notifications.stop, { keep })),
      kill: () => void process?.stop(),
    };
  }

  active(place: StorePlace): Promise<ActiveModel> {
    return this.ask((connection) => connection.sendRequest(requests.active, place));
  }

  state(place: StorePlace): Promise<StoreState> {
    return this.ask((connection) => connection.sendRequest(requests.state, place));
  }

  use(place: StorePlace, using: ModelChoice): Promise<StoreState> {
    return this.ask((connection) => connection.sendRequest(requests.use, { ...place, using }));
  }

  async forget(place: StorePlace): Promise<void> {
    await this.ask((connection) => connection.sendRequest(requests.forget, place));
  }

  async discard(place: StorePlace): Promise<void> {
    await this.ask((connection) => connection.sendRequest(requests.discard, place));
  }

  async exportTo(transfer: ModelTransfer, signal: AbortSignal): Promise<void> {
    try {
      await this.ask((connection) => connection.sendRequest(requests.exportTo, transfer), signal);
    } catch (error) {
      // A process that was ended while it copied cannot clear away its half.
      if (isEnded(error)) await rm(`${transfer.file}.part`, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  importFrom(transfer: ModelTransfer, signal: AbortSignal): Promise<StoreState> {
    return this.ask((connection) => connection.sendRequest(requests.importFrom, transfer), signal);
  }

  async lastReport(place: StorePlace): Promise<TrainingReport | undefined> {
    return (await this.ask((connection) => connection.sendRequest(requests.lastReport, place))) ?? undefined;
  }

  /** Ends what runs. A run's checkpoint is kept. */
  dispose(): void {
    for (const process of this.live) void process.stop();
  }

  private async ask<T>(send: Send<T>, signal?: AbortSignal): Promise<T> {
    return this.finish(
      this.start(() => undefined),
      send,
      signal,
      false,
    );
  }

  private async finish<T>(
    process: EngineProcess,
    send: Send<T>,
    signal: AbortSignal | undefined,
    resumable: boolean,
  ): Promise<T> {
    try {
      return await process.ask(send, signal);
    } catch (error) {
      throw understand(error, resumable);
    } finally {
      await process.stop();
      this.live.delete(process);
    }
  }

  /** @throws {TrainingFailure} */
  private start(hear: (connection: MessageConnection) => void): EngineProcess {
    const { program, log, execPath = process.execPath } = this.options;
    if (!existsSync(program)) throw programMissing(program);
    const started = new EngineProcess({
      name: 'training',
      execPath,
      program,
      argv: [],
      log,
      killMilliseconds: KILL_MS,
      hear,
    });
    this.live.add(started);
    return started;
  }
}

/** Whether a request failed because its process was ended, by us or by another. */
function isEnded(error: unknown): boolean {
  if (error instanceof EngineCancelled) return true;
  return error instanceof TrainingFailure && (error.code === 'killed' || error.code === 'stopped');
}
