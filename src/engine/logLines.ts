import type { Readable } from 'node:stream';

/** Characters of a line that are kept. */
const MOST = 500;

/** Reads a stream to its end, line by line: a pipe that nobody reads would fill up and block the process that writes to it. */
export function logLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream === null) return;
  let rest = '';
  const say = (line: string): void => {
    const text = line.trimEnd();
    if (text !== '') onLine(text.length > MOST ? `${text.slice(0, MOST)}…` : text);
  };
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    // What has no end yet is kept, but never more of it than will be shown.
    rest = lines.pop()!.slice(0, MOST + 1);
    lines.forEach(say);
  });
  stream.on('end', () => say(rest));
  stream.on('error', () => undefined);
}
