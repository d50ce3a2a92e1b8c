/*
 * Does a pin change the text? At sentence starts of held-out documents a sentence is completed twice: freely, and with a label pinned that the plan
 * holds among the five most probable, but not the most probable. Whether the sentence carries that label is for the encoder to say, on the finished sentence in
 * its document. Documents: the Markdown files of the folder in DOCUMENTS, else the excerpts of `test/fixtures/text/heldOut.json`. MODEL,
 * WEIGHTS and THREADS as in the other benchmarks; POSITIONS (100), SEED; KIND (sentence) for other units, such as listItem; CANDIDATES, TEMPERATURE and STRENGTH to try other settings than the product's.
 */
import { join } from 'node:path';
import { openModel } from '../../src/model/openModel';
import type { PlannerLM, WeightFormat } from '../../src/model/plannerLm';
import { UNIT_KINDS, UnitDocument } from '../../src/text/units';
import type { Completion, CompleteOptions } from '../../src/writing/complete';
import { obedienceOf } from '../../src/writing/obedience';
import { PINNING, type Pinning } from '../../src/writing/pinning';
import { probabilityOf, seededRandom } from '../../src/writing/sampling';
import { DocumentSession } from '../../src/writing/session';
import { UnitCache } from '../../src/writing/unitCache';
import { quantile } from './figures';
import { heldOutDocuments, sentenceStarts } from './heldOut';

const folder = process.env.MODEL ?? join(process.cwd(), 'models', 'starter');
const threads = Number(process.env.THREADS ?? 2);
const weights = process.env.WEIGHTS as WeightFormat | undefined;
const wanted = Number(process.env.POSITIONS ?? 100);
const seed = Number(process.env.SEED ?? 1);
const kind = UNIT_KINDS.find((one) => one === (process.env.KIND ?? 'sentence'));
const pinning: Pinning = {
  candidates: Number(process.env.CANDIDATES ?? PINNING.candidates),
  temperature: Number(process.env.TEMPERATURE ?? PINNING.temperature),
  strength: Number(process.env.STRENGTH ?? PINNING.strength),
};

/** What came of one way of writing. */
interface Tally {
  carried: number;
  written: number;
  ranks: number[];
  confidences: number[];
  nats: number;
  tokens: number;
  milliseconds: number[];
}
const tally = (): Tally => ({
  carried: 0,
  written: 0,
  ranks: [],
  confidences: [],
  nats: 0,
  tokens: 0,
  milliseconds: [],
});

const model = await openModel(folder, { device: 'cpu', threads, ...(weights && { weights }) });
const cache = new UnitCache(model);
const random = seededRandom(seed + 1);
const free = tally();
const pinned = tally();
let chance = 0;
let asked = 0;
for (const { before } of sentenceStarts(heldOutDocuments(), wanted, seed, kind)) {
  const session = new DocumentSession(model, before);
  const [first] = await session.next(before.length, { top: 5 });
  const label = first![1 + Math.floor(random() * 4)]!;
  chance += label.probability;
  asked++;
  // The first completion reads the text before the cursor; neither way shall pay for the other.
  await session.complete(before.length, { maxTokens: 1 });
  await measure(free, session, before, label.id, {});
  await measure(pinned, session, before, label.id, { pins: [label.id], pinning });
}
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
console.log(
  `${model.config.name}, ${model.device.name}, ${model.weights}; ${asked} positions; ${JSON.stringify(pinning)}`,
);
console.log(`the plan gives the label that is pinned ${percent(chance / asked)} on average`);
for (const [name, own] of Object.entries({ free, pinned })) {
  console.log(
    [
      `${name.padEnd(6)} carries the label ${percent(own.carried / asked)}`,
      `rank of the label p50 ${quantile(own.ranks, 0.5)}, in the first ten ${percent(own.ranks.filter((rank) => rank < 10).length / asked)}`,
      `confidence ${mean(own.confidences).toFixed(2)}`,
      `perplexity under the plan ${Math.exp(own.nats / own.tokens).toFixed(1)}`,
      `p50 ${quantile(own.milliseconds, 0.5).toFixed(0)} ms, p90 ${quantile(own.milliseconds, 0.9).toFixed(0)} ms`,
      `${own.written} written`,
    ].join('; '),
  );
}
// Free text seldom carries it at all: the plan's own probability is the steadier measure of chance.
const ratio = pinned.carried / Math.max(free.carried, chance);
console.log(
  `pinned text carries the label ${ratio.toFixed(1)} times as often as chance would have it (asked: at least 2)`,
);
await model.close();

async function measure(
  own: Tally,
  session: DocumentSession,
  before: string,
  label: number,
  options: CompleteOptions,
): Promise<void> {
  const { completions, milliseconds } = await session.complete(before.length, options);
  own.milliseconds.push(milliseconds.total);
  const [completion] = completions;
  if (completion === undefined) {
    own.ranks.push(model.labels.count);
    return;
  }
  own.written++;
  const { excess, rank } = await judge(before, completion, label);
  if (excess === 0) own.carried++;
  own.ranks.push(rank);
  own.confidences.push(completion.confidence);
  const scored = await score(model, before, completion.text);
  own.nats += scored.nats;
  own.tokens += scored.tokens;
}

/** How well the unit that was written obeys, with its marker, as it stands in the document. */
async function judge(before: string, completion: Completion, label: number): Promise<{ excess: number; rank: number }> {
  const text = before + completion.text;
  const { units } = new UnitDocument(text);
  const written = units.findIndex(({ end }) => end > before.length);
  const texts = units.slice(0, written + 1).map(({ start, end }) => text.slice(start, end));
  return obedienceOf(model, await cache.embed(texts), label);
}

/** Negative log-likelihood of a text after another under a plan that no one steered. */
async function score(own: PlannerLM, before: string, text: string): Promise<{ nats: number; tokens: number }> {
  const { ids: context } = own.tokenizer.encode(before);
  const { ids } = own.tokenizer.encode(text);
  const units = new UnitDocument(before).units;
  const embeddings = await cache.embed(units.map(({ start, end }) => before.slice(start, end)));
  const packed = new Float32Array(embeddings.length * own.config.encoder.embeddingSize);
  for (const [i, embedding] of embeddings.entries()) packed.set(embedding, i * embedding.length);
  const kinds = Int32Array.from(units, ({ kind }) => UNIT_KINDS.indexOf(kind));
  const row = await own.plan(packed, kinds, units.length);
  const vector = await own.planVectors(row.slice(0, own.labels.count));
  const lm = own.createCache();
  // One plan for the whole window: the same for both ways of writing, which is all that is compared.
  const input = [own.tokenizer.endOfText, ...context.slice(-(lm.capacity - ids.length - 1)), ...ids];
  const plan = new Float32Array(input.length * vector.length);
  for (let i = 0; i < input.length; i++) plan.set(vector, i * vector.length);
  const skip = input.length - ids.length;
  await own.extend(lm, input.slice(0, skip - 1), plan.subarray(0, (skip - 1) * vector.length), 'last');
  const rest = plan.subarray((skip - 1) * vector.length, (input.length - 1) * vector.length);
  const logits = await own.extend(lm, input.slice(skip - 1, -1), rest, 'all');
  const size = logits.length / ids.length;
  let nats = 0;
  for (const [i, id] of ids.entries()) {
    nats -= Math.log(probabilityOf(id, logits.subarray(i * size, (i + 1) * size), undefined));
  }
  return { nats, tokens: ids.length };
}
