/*
 * What a row of the papers' table writes: at sentence starts of held-out documents, drawn by the seed, some 128 tokens by chance beside those of the author, as JSON lines in
 * the file OUT, for models/recipe/generations.py to compare. MODEL is the exported row, CONDITIONING what its LM is told (soft, hard, fixed, uniform, none);
 * DOCUMENTS as for the pins; POSITIONS (100), SEED.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONDITIONINGS } from '../../src/model/conditioning';
import { openModel } from '../../src/model/openModel';
import type { LiveConditioning } from '../../src/writing/conditioner';
import { ModelText } from '../../src/writing/modelText';
import { DocumentSession } from '../../src/writing/session';
import { heldOutDocuments, sentenceStarts } from './heldOut';

const TOKENS = 128;
/** Characters that surely hold so many tokens. */
const MOST = 16 * TOKENS;
/** Of one request; a refused one ends the text. */
const REQUESTED = 64;

const out = process.env.OUT;
const live = CONDITIONINGS.filter((one): one is LiveConditioning => one !== 'oracle');
const conditioning = live.find((one) => one === (process.env.CONDITIONING ?? 'soft'));
if (out === undefined || conditioning === undefined) {
  console.log(`OUT names no file, or CONDITIONING none of ${live.join(', ')}: nothing is written.`);
} else {
  await writeContinuations(out, conditioning);
}

async function writeContinuations(file: string, told: LiveConditioning): Promise<void> {
  const seed = Number(process.env.SEED ?? 1);
  const model = await openModel(process.env.MODEL ?? join(process.cwd(), 'models', 'starter'), { device: 'cpu' });
  const tokens = (text: string): number => model.tokenizer.encode(text).ids.length;
  const documents = heldOutDocuments();
  // As the model reads them: offsets of places are of these texts.
  const texts = new Map(documents.map(({ id, text }) => [id, ModelText.of(text).text]));
  const lines: string[] = [];
  for (const { id, before } of sentenceStarts(documents, Number(process.env.POSITIONS ?? 100), seed)) {
    // Without the memory of the document: what is compared are models.
    const session = new DocumentSession(model, before, { conditioning: told, memory: false });
    let written = '';
    for (let part = 0; tokens(written) < TOKENS; part++) {
      const options = { temperature: 1, seed: seed + part, maxTokens: REQUESTED, stop: 'paragraph' } as const;
      const { completions } = await session.complete(before.length + written.length, options);
      if (completions[0] === undefined) break;
      // A paragraph is followed by another one.
      const text = `${completions[0].text}${/[.!?:]$/.test(completions[0].text) ? '\n\n' : ''}`;
      session.edit(before.length + written.length, before.length + written.length, text);
      written += text;
    }
    const first = (text: string): string => {
      const { ids, offsets } = model.tokenizer.encode(text);
      return text.slice(0, offsets[Math.min(TOKENS, ids.length)]);
    };
    lines.push(
      JSON.stringify({
        id,
        truth: first(texts.get(id)!.slice(before.length, before.length + MOST)),
        written: first(written),
      }),
    );
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
  console.log(`${lines.length} texts in ${file}`);
  await model.close();
}
