/** Exit code of a process of ours that an error brought down which nobody caught. */
const UNCAUGHT = 70;

/** Sees to it that such an error is said on standard error, which goes to the log, and ends this process. */
export function endOnUncaught(): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exit(UNCAUGHT);
    });
  }
}
