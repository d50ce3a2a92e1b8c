/*
 * Keys that the keyboard of a phone would save: a trigram model of words (interpolated absolute discounting) that suggests the word being written, at the same
 * sentences, to the same ideal reader and with the same gate as `evaluate --keystrokes` types with the model. TRAINING is the text it learns from, JSON lines with
 * a "text" each; WORDS (10,000,000) how much of it; DOCUMENTS and SENTENCES (3 of each) what is typed.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { GATES } from '../../src/writing/gate';
import { replayKeystrokes, type Suggester } from '../../src/writing/keystrokes';
import { heldOutDocuments } from './heldOut';
import { WordTrigrams } from './wordTrigrams';

/** Fewer characters are typed sooner than read, as for the model's suggestions. */
const SHORTEST = 3;

async function trained(path: string, words: number): Promise<WordTrigrams> {
  const model = new WordTrigrams();
  for await (const line of createInterface({ input: createReadStream(path) })) {
    model.learn((JSON.parse(line) as { readonly text: string }).text);
    if (model.words >= words) break;
  }
  model.close();
  return model;
}

/** @param behind what is set behind an accepted word: many such keyboards set a space, which saves a key a word */
function keyboard(model: WordTrigrams, least: number, behind: '' | ' '): Suggester {
  return (before) => {
    const best = model.wordBehind(before);
    const shown = best !== undefined && best.rest.length >= SHORTEST && best.probability >= least;
    return Promise.resolve(shown ? best.rest + behind : undefined);
  };
}

const training = process.env.TRAINING;
if (training === undefined) {
  console.log('TRAINING names no text to learn from (JSON lines with a "text" each): nothing is measured.');
} else {
  const model = await trained(training, Number(process.env.WORDS ?? 10_000_000));
  console.log(`trigrams of ${model.words} words`);
  for (const behind of ['', ' '] as const) {
    console.log(behind === '' ? 'as in the editor:' : 'with a space behind what is accepted:');
    for (const [gate, least] of Object.entries(GATES)) {
      if (least > 0) console.log(`  ${gate}: ${await typed(keyboard(model, least, behind))}`);
    }
  }
}

async function typed(suggest: Suggester): Promise<string> {
  const total = { keysWith: 0, keysWithout: 0, shown: 0, accepted: 0 };
  for (const { text } of heldOutDocuments()) {
    const options = { spans: Number(process.env.SENTENCES ?? 3), ask: 'character' } as const;
    const replay = await replayKeystrokes(text, suggest, options);
    for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += replay[key];
  }
  const saved = (1 - total.keysWith / total.keysWithout) * 100;
  const taken = (total.accepted / total.shown) * 100;
  return `${saved.toFixed(1)} % of ${total.keysWithout} keys saved, ${taken.toFixed(0)} % taken`;
}
