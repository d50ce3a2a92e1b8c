/*
 * Keys that the keyboard of a phone would save: a trigram model of words (interpolated absolute discounting) that suggests the word being written, at the same
 * sentences, to the same ideal reader and with the same gate as `evaluate --keystrokes` types with the model. TRAINING is the text it learns from, JSON lines with
 * a "text" each; WORDS (10,000,000) how much of it; DOCUMENTS and SENTENCES (3 of each) what is typed.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { GATES, SHORTEST } from '../../src/writing/gate';
import { replayKeystrokes, replayShares, type Replay, type Suggester } from '../../src/writing/keystrokes';
import { heldOutDocuments } from './heldOut';
import { WordTrigrams } from './wordTrigrams';

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
  const replays: Replay[] = [];
  for (const { text } of heldOutDocuments()) {
    const options = { spans: Number(process.env.SENTENCES ?? 3), ask: 'character' } as const;
    replays.push(await replayKeystrokes(text, suggest, options));
  }
  const { saved, taken } = replayShares(replays);
  const percent = (share: number | null): string => (share === null ? '–' : `${(share * 100).toFixed(1)} %`);
  return `${percent(saved)} of keys saved, ${percent(taken)} taken`;
}
