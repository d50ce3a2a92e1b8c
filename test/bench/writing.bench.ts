/*
 * What a writer waits for, on the bundled model (or the folder in MODEL, with weights as in WEIGHTS): the plan of a 10 kB document, cold and
 * after an edit of one sentence; the first token of a completion after one typed character; a whole sentence; a long document.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openModel } from '../../src/model/openModel';
import type { WeightFormat } from '../../src/model/plannerLm';
import { DocumentSession } from '../../src/writing/session';
import { median, report } from './figures';

const folder = process.env.MODEL ?? join(process.cwd(), 'models', 'starter');
if (!existsSync(folder)) {
  console.log('There is no bundled model: name a folder in MODEL.');
  process.exit(1);
}
const threads = Number(process.env.THREADS ?? 2);
const weights = process.env.WEIGHTS as WeightFormat | undefined;

/** Sentences, no two alike, in paragraphs with headings: some 10 kB per hundred. */
function documentOf(sentences: number): string {
  const things = [
    'garden',
    'harbour',
    'library',
    'engine',
    'valley',
    'kitchen',
    'market',
    'bridge',
    'orchard',
    'workshop',
  ];
  const acts = [
    'changes slowly with the seasons',
    'was built by people who knew the place',
    'needs more care than it seems to',
  ];
  let text = '# Notes on a small town\n\n';
  for (let i = 0; i < sentences; i++) {
    if (i % 24 === 23) text += `\n\n## Part ${(i + 1) / 24}\n\n`;
    else if (i % 6 === 5) text += '\n\n';
    text += `In the year ${1800 + i} the ${things[i % 10]!} near the ${things[(i * 7 + 3) % 10]!} ${acts[i % 3]!}, as the records say. `;
  }
  return text;
}

const milliseconds = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};

let model = await openModel(folder, { device: 'cpu', threads, ...(weights && { weights }) });
console.log(`${model.config.name}, ${model.device.name}, ${model.weights}`);

const text = documentOf(105);
// The first run of a session allocates its buffers; that is part of opening, not of planning.
await new DocumentSession(model, 'A first sentence. A second one.').plan();
const cold: number[] = [];
for (let i = 0; i < 3; i++) cold.push(await milliseconds(() => new DocumentSession(model, text).plan()));
report(`plan of ${(text.length / 1000).toFixed(1)} kB, cold`, median(cold), 1500);

const session = new DocumentSession(model, text);
await session.plan();
const edited: number[] = [];
for (let i = 0; i < 15; i++) {
  const sentence = session.text.indexOf(`In the year ${1830 + i} `);
  session.edit(sentence, sentence + 11, `During the long year`);
  edited.push(await milliseconds(() => session.plan()));
}
report('plan after an edit of one sentence', median(edited), 30);

await session.complete(session.text.length, { maxTokens: 1 });
const typed: number[] = [];
const usable: number[] = [];
for (const character of 'In the year after that the town grew, and with it ') {
  session.edit(session.text.length, session.text.length, character);
  const { milliseconds: times } = await session.complete(session.text.length, { maxTokens: 1 });
  if (times.first !== null) typed.push(times.first);
}
report('first token after one typed character, warm cache', median(typed), 40);
for (let i = 0; i < 5; i++) {
  session.edit(session.text.length, session.text.length, 'and ');
  usable.push(await milliseconds(() => session.complete(session.text.length, { maxTokens: 24 })));
}
report('24 tokens after one typed word', median(usable));

const middle = Math.floor(session.text.length / 2);
const elsewhere = await milliseconds(() => session.complete(session.text.indexOf(' ', middle), { maxTokens: 1 }));
report('first completion elsewhere in the document (new window)', elsewhere);
await model.close();

const opened: number[] = [];
for (let i = 0; i < 3; i++) {
  opened.push(
    await milliseconds(
      async () => (model = await openModel(folder, { device: 'cpu', threads, ...(weights && { weights }) })),
    ),
  );
  await model.close();
}
report('opening the model', median(opened));
