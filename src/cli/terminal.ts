/** What a command reads and writes: the process's own streams, or a test's. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly stdin: () => Promise<Uint8Array>;
  /** Whether results are shown to a person, and whether messages are. */
  readonly outIsTTY: boolean;
  readonly errIsTTY: boolean;
  readonly columns: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function processTerminal(): Terminal {
  // A reader that has seen enough (`| head`) is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    stdin: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    },
    outIsTTY: process.stdout.isTTY,
    errIsTTY: process.stderr.isTTY,
    columns: process.stdout.isTTY ? process.stdout.columns : 100,
    env: process.env,
  };
}
