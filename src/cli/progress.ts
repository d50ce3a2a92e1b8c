import type { Terminal } from './terminal';

/** Work that is over sooner needs no progress shown. */
const PATIENCE_MS = 500;
const REDRAW_MS = 200;

/** How far long work has come, on standard error: one line that is redrawn on a terminal, plain lines with --verbose elsewhere, else nothing. */
export class Progress {
  private readonly began = performance.now();
  private drawn = 0;
  private last = '';

  constructor(
    private readonly terminal: Terminal,
    private readonly verbose: boolean,
  ) {}

  report(what: string, done: number, total: number): void {
    const now = performance.now();
    if (now - this.began < PATIENCE_MS || now - this.drawn < REDRAW_MS) return;
    this.drawn = now;
    const line = `${what}: ${Math.floor((100 * done) / Math.max(1, total))} %`;
    if (this.terminal.errIsTTY) this.terminal.err(`\r\x1b[K${line}`);
    else if (this.verbose && line !== this.last) this.terminal.err(`${line}\n`);
    this.last = line;
  }

  /** A message of its own, with --verbose only. */
  note(message: string): void {
    if (!this.verbose) return;
    this.clear();
    this.terminal.err(`${message}\n`);
  }

  /** Wipes the progress line before results are written. */
  clear(): void {
    if (this.last !== '' && this.terminal.errIsTTY) this.terminal.err('\r\x1b[K');
    this.last = '';
  }
}
