import type { Terminal } from '../../../src/cli/terminal';

/** A terminal that keeps what is written to it. */
export class FakeTerminal implements Terminal {
  output = '';
  errors = '';
  readonly outIsTTY: boolean;
  readonly errIsTTY: boolean;
  readonly columns = 80;
  readonly env: Record<string, string | undefined>;
  private readonly input: Uint8Array;

  constructor(options: { tty?: boolean; env?: Record<string, string>; stdin?: string | Uint8Array } = {}) {
    this.outIsTTY = options.tty ?? false;
    this.errIsTTY = options.tty ?? false;
    this.env = options.env ?? {};
    this.input =
      typeof options.stdin === 'string' ? new TextEncoder().encode(options.stdin) : (options.stdin ?? new Uint8Array());
  }

  readonly out = (text: string): void => {
    this.output += text;
  };
  readonly err = (text: string): void => {
    this.errors += text;
  };
  readonly stdin = (): Promise<Uint8Array> => Promise.resolve(this.input);
}
