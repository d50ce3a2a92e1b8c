import { plain, type Filter } from './filter';

/** Lines after the cursor that are looked at. */
const LINES = 6;
/** A following text this short is not repeated, it is coincidence. */
const SHORTEST = 8;

/** Drops a completion that, with what follows it on its line, is the sentence, heading or list item that follows, or the beginning of it. */
export const dropFollowing: Filter = (text, { unit, after }) => {
  const [restOfLine, ...following] = after.split('\n');
  const offered = [text, unit + text]
    .map((part) => textOf(`${part} ${restOfLine}`))
    .filter((candidate) => candidate.length >= SHORTEST);
  const lines = following
    .map(textOf)
    .filter((line) => line.length >= SHORTEST)
    .slice(0, LINES);
  const repeats = (candidate: string): boolean =>
    lines.some((line) => line === candidate || line.startsWith(`${candidate} `) || candidate.startsWith(`${line} `));
  return offered.some(repeats) ? { drop: 'repeats-suffix' } : { text };
};

/** The words of a line, without the number of a list item. */
function textOf(line: string): string {
  return plain(line.trim().replace(/^(?:[-*+>#]+|\d{1,9}[.)])\s+/, ''));
}
