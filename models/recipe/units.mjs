// Splits documents into units with the extension's own splitter, so that recipe and extension cannot disagree.
// In, one JSON object a line: {"id", "text"}. Out: {"id", "units": [[startByte, endByte, kindIndex, closedAtByte or -1 when open], …]},
// offsets into the UTF-8 text, kinds as indices into UNIT_KINDS.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const bundle = await build({
  entryPoints: [fileURLToPath(new URL('../../src/text/units.ts', import.meta.url))],
  bundle: true,
  format: 'esm',
  write: false,
});
const source = Buffer.from(bundle.outputFiles[0].contents).toString('base64');
const { splitUnits, UNIT_KINDS } = await import(`data:text/javascript;base64,${source}`);
const kindIndex = new Map(UNIT_KINDS.map((kind, index) => [kind, index]));

/** The units of `text` with byte offsets. */
function unitsInBytes(text) {
  let units = 0;
  let bytes = 0;
  return splitUnits(text).map(({ start, end, kind, closedAt }) => {
    bytes += Buffer.byteLength(text.slice(units, start));
    const length = Buffer.byteLength(text.slice(start, end));
    const known = closedAt === Infinity ? -1 : bytes + length + Buffer.byteLength(text.slice(end, closedAt));
    units = start;
    return [bytes, bytes + length, kindIndex.get(kind), known];
  });
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  if (line.trim() === '') continue;
  const { id, text } = JSON.parse(line);
  if (!process.stdout.write(JSON.stringify({ id, units: unitsInBytes(text) }) + '\n')) await once(process.stdout, 'drain');
}
