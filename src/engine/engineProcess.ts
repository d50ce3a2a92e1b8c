import { fork, type ChildProcess } from 'node:child_process';
import {
  CancellationTokenSource,
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type CancellationToken,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { EngineCancelled } from './engine';
import { logLines } from './logLines';
import { processEnvironment } from './processEnvironment';
import { notifications } from './protocol';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type Log = (level: LogLevel, message: string) => void;

/** How a process ended. */
export interface ProcessEnd {
  /** It was ended by us. */
  readonly expected: boolean;
  /** It could not even be started, and why. */
  readonly spawnError: string | undefined;
  /** For people: "with exit code 1", "by SIGSEGV". */
  readonly how: string;
}

/** The process ended before it answered. */
export class ProcessEnded extends Error {
  override readonly name = 'ProcessEnded';

  constructor(
    name: string,
    readonly end: ProcessEnd,
  ) {
    super(`The ${name} process ended ${end.how}.`);
  }
}

export interface ProcessOptions {
  /** What the log calls it. */
  readonly name: string;
  readonly execPath: string;
  readonly program: string;
  readonly argv: readonly string[];
  readonly log: Log;
  /** How long it may take to end when asked to, before it is killed. */
  readonly killMilliseconds: number;
  /** Registers what is to be heard on the connection, before it is listened on. */
  hear(connection: MessageConnection): void;
}

/** Sends something on a connection and waits for the answer. */
export type Send<T> = (connection: MessageConnection, token: CancellationToken) => Promise<T>;

/** One process of ours, from fork to exit, and the connection to it. */
export class EngineProcess {
  /** Resolves when the process is gone, whatever ended it. */
  readonly ended: Promise<ProcessEnd>;
  private readonly child: ChildProcess;
  private readonly connection: MessageConnection;
  private end: ProcessEnd | undefined;
  private ending = false;
  private wanted = false;

  constructor(private readonly options: ProcessOptions) {
    const { log, name } = options;
    this.child = fork(options.program, [...options.argv], {
      execPath: options.execPath,
      execArgv: [],
      env: processEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    logLines(this.child.stdout, (line) => log('debug', `${name}: ${line}`));
    logLines(this.child.stderr, (line) => log('debug', `${name}: ${line}`));
    this.connection = connect(this.child, (message) => log('debug', `${name} connection: ${message}`));
    this.connection.onNotification(notifications.log, ({ level, message }) => log(level, message));
    options.hear(this.connection);
    this.ended = new Promise((resolve) => {
      const finish = (how: string, spawnError?: string): void => {
        if (this.end) return;
        this.end = { expected: this.wanted, spawnError, how };
        this.connection.dispose();
        resolve(this.end);
      };
      this.child.on('exit', (code, signal) =>
        finish(signal === null ? `with exit code ${code ?? '?'}` : `by ${signal}`),
      );
      this.child.on('error', (error) => {
        if (this.child.pid === undefined) finish(`before it began (${error.message})`, error.message);
        else log('debug', `${name} process: ${error.message}`);
      });
    });
    // A process that closed the channel can neither be asked nor told to end.
    this.child.on('disconnect', () => this.child.kill('SIGKILL'));
    this.connection.listen();
  }

  /** Whether it can be asked. */
  alive(): boolean {
    return this.end === undefined && !this.ending;
  }

  /**
   * Asks and waits for the answer. An aborted signal ends the wait at once and cancels the work in the process.
   * @throws {EngineCancelled} for the signal; {ProcessEnded} when the process is gone; {ResponseError} where it answered with an error
   */
  async ask<T>(send: Send<T>, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) throw new EngineCancelled();
    if (!this.alive()) throw new ProcessEnded(this.options.name, await this.ended);
    const source = new CancellationTokenSource();
    const over = new AbortController();
    try {
      return await new Promise<T>((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new EngineCancelled()), { signal: over.signal });
        send(this.connection, source.token).then(resolve, reject);
      });
    } catch (error) {
      if (error instanceof EngineCancelled) {
        if (this.alive()) source.cancel();
      } else if (!this.alive()) throw new ProcessEnded(this.options.name, await this.ended);
      throw error;
    } finally {
      over.abort();
      source.dispose();
    }
  }

  /** Sends a notification; nothing happens where the process is gone. */
  tell(send: (connection: MessageConnection) => Promise<void>): void {
    // A failed write is followed by the end of the process, which is dealt with there.
    if (this.alive()) send(this.connection).catch(() => undefined);
  }

  /**
   * Ends the process, by force where it does not go.
   * @param why what those who wait for an answer are to think of it
   */
  async stop(why: 'wanted' | 'failed' = 'wanted'): Promise<void> {
    if (this.end) return;
    this.ending = true;
    this.wanted = why === 'wanted';
    this.child.kill('SIGTERM');
    const force = setTimeout(() => this.child.kill('SIGKILL'), this.options.killMilliseconds);
    await this.ended;
    clearTimeout(force);
  }
}

function connect(child: ChildProcess, tell: (message: string) => void): MessageConnection {
  const say = (message: string): void => tell(message.split('\n')[0]!);
  const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child), {
    error: say,
    warn: say,
    info: () => undefined,
    log: () => undefined,
  });
  // Without a listener the library would write to the console.
  connection.onError(([error]) => say(error.message));
  return connection;
}
