/*
 * A page of what the model writes: at sentence starts of held-out documents, drawn by the seed, the plan, what the author wrote, and what the model would, freely and
 * under a label that the plan holds possible. Markdown on standard output; models/SAMPLES.md is one. DOCUMENTS as for the pins; POSITIONS (30), SEED.
 */
import { join } from 'node:path';
import { openModel } from '../../src/model/openModel';
import type { CompleteOptions } from '../../src/writing/complete';
import { reasonSentence } from '../../src/writing/reasons';
import { seededRandom } from '../../src/writing/sampling';
import { DocumentSession } from '../../src/writing/session';
import { heldOutDocuments, sentenceStarts } from './heldOut';

/** Characters of the text before that are shown. */
const SHOWN = 240;

const seed = Number(process.env.SEED ?? 1);
const model = await openModel(process.env.MODEL ?? join(process.cwd(), 'models', 'starter'), { device: 'cpu' });
const random = seededRandom(seed + 1);
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
const nameOf = (id: number): string => model.labels.get(id).name;
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
const quoted = (text: string): string => `\`\` ${oneLine(text)} \`\``;

for (const [n, { id, before, sentence }] of sentenceStarts(
  heldOutDocuments(),
  Number(process.env.POSITIONS ?? 30),
  seed,
).entries()) {
  const session = new DocumentSession(model, before + sentence);
  const units = await session.plan({ top: 3 });
  const own = units.find(({ start }) => start === before.length) ?? units.at(-1)!;
  const told = new DocumentSession(model, before);
  const [next] = await told.next(before.length, { top: 5 });
  const pin = next![1 + Math.floor(random() * 4)]!;
  const write = async (options: CompleteOptions): Promise<string> => {
    const { completions, reason } = await told.complete(before.length, options);
    return completions[0] ? quoted(completions[0].text) : `nothing: ${reasonSentence(reason!)}`;
  };
  console.log(`### ${n + 1}. ${id}\n`);
  console.log(`- **Before:** …${quoted(before.slice(-SHOWN))}`);
  console.log(
    `- **Plan:** ${next!
      .slice(0, 3)
      .map((label) => `${nameOf(label.id)} ${percent(label.probability)}`)
      .join('; ')}`,
  );
  console.log(`- **Its author:** ${quoted(sentence.slice(0, 300))} (${nameOf(own.label)})`);
  console.log(`- **Freely:** ${await write({})}`);
  console.log(`- **What is shown unasked:** ${await write({ gate: 'balanced' })}`);
  console.log(`- **Pinned, ${nameOf(pin.id)} (${percent(pin.probability)}):** ${await write({ pins: [pin.id] })}\n`);
}
await model.close();
