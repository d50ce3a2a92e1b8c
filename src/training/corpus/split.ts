import { draw } from './draw';

export type Split = 'train' | 'heldOut';

/**
 * Which documents are held out: each by a draw from its name alone, so that a new file does not move others. Of two or more documents at least
 * one is held out and one is trained on: where the draws do not say so, the document with the lowest (the highest) draw makes up for it, until
 * a new document does, by its own draw or by a lower (higher) one. A document that a model has seen tells nothing of how good the model is: it is not held
 * out, whatever its draw, as long as there is another.
 * @param names of the documents, each its own
 * @param fraction of the documents to hold out, in [0, 1]; 0 holds out none
 * @param seen for each document, whether a model that is to be measured was trained on it
 */
export function splitOf(
  names: readonly string[],
  fraction: number,
  seed: number,
  seen: readonly boolean[] = names.map(() => false),
): Split[] {
  if (!(fraction >= 0 && fraction <= 1)) throw new RangeError(`${fraction} is not a share of documents.`);
  const isChoice = seen.includes(false);
  const draws = names.map((name, i) => (isChoice && seen[i] === true ? Infinity : draw('split', seed, name)));
  const heldOut = draws.map((value) => value < fraction);
  if (names.length >= 2 && fraction > 0) {
    if (!heldOut.includes(true)) heldOut[extreme(draws, (a, b) => a < b)] = true;
    else if (!heldOut.includes(false)) heldOut[extreme(draws, (a, b) => a > b)] = false;
  }
  return heldOut.map((held) => (held ? 'heldOut' : 'train'));
}

/** Index of the value that comes before all others. */
function extreme(values: readonly number[], before: (a: number, b: number) => boolean): number {
  return values.reduce((best, value, index) => (before(value, values[best]!) ? index : best), 0);
}
