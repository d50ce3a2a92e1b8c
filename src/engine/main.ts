import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { watchParent } from './parentWatch';
import { probe } from './probe';
import { serve } from './server';
import { parseArguments } from './settings';
import { endOnUncaught } from './uncaught';

/** Exit codes of an engine program. */
const EXIT = { usage: 64, probeFailed: 3 } as const;

/** The program of the engine process; it is forked by an `EngineClient`, and run by itself to try out the GPU. */
async function main(): Promise<void> {
  endOnUncaught();
  const { mode, settings } = parseArguments(process.argv.slice(2));
  if (mode === 'probe') {
    const report = await probe(settings);
    process.stdout.write(`${JSON.stringify(report)}\n`);
    process.exitCode = report.ok ? 0 : EXIT.probeFailed;
    return;
  }
  if (process.send === undefined) {
    process.stderr.write('The engine serves the process that forked it; it has nothing to do when run by itself.\n');
    process.exitCode = EXIT.usage;
    return;
  }
  watchParent();
  // Messages go over Node's IPC channel: standard output stays free for what native libraries print.
  serve(createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process)), settings);
}

await main();
