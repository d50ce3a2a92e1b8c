import { expect } from 'vitest';
import { splitUnits, type Unit } from '../../../src/text/units';

/** The units lie end to end from 0 to the text's length; only the last may be open, and none is known closed before its end. */
export function expectTiling(text: string, units: readonly Unit[] = splitUnits(text)): void {
  let at = 0;
  for (const [i, unit] of units.entries()) {
    if (unit.start !== at || unit.end <= unit.start || unit.closedAt < unit.end) {
      throw new Error(`unit ${i} of ${JSON.stringify(text.slice(0, 200))}: ${JSON.stringify(unit)} after ${at}`);
    }
    if (unit.closedAt === Infinity && i !== units.length - 1) throw new Error(`unit ${i} is open but not the last`);
    at = unit.end;
  }
  expect(at).toBe(text.length);
}

/** Closed units of the prefix of this length = those units of the whole that are closed by then, kinds and all. */
export function expectCausal(text: string, whole: readonly Unit[], length: number): void {
  const own = splitUnits(text.slice(0, length)).filter((unit) => unit.closedAt !== Infinity);
  const due = whole.filter((unit) => unit.closedAt <= length);
  if (JSON.stringify(own) !== JSON.stringify(due)) {
    throw new Error(
      `at ${length}, behind ${JSON.stringify(text.slice(Math.max(0, length - 80), length))}: ` +
        `${JSON.stringify(own.slice(-2))} instead of ${JSON.stringify(due.slice(-2))}`,
    );
  }
}

/** Deterministic whole numbers below `limit`. */
export function numbersFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) % limit;
  };
}

/** Pieces of which random Markdown is made: what opens, closes and breaks things. */
export const PIECES = [
  ...['a', 'Word', ' and ', '. ', '? ', '!" ', '\n', '\n\n', '> ', '- ', '* ', '# ', '```\n', '---\n', '===\n', '\r\n'],
  ...[
    '|',
    '|-|\n',
    '$$',
    '$$\n',
    '`',
    '](',
    '[^1]',
    '\ud83d',
    '\ude00',
    '。',
    '    ',
    '1. ',
    '…',
    '"',
    '(',
    ')',
    '.) ',
  ],
  ...['<div>\n', '<!-- ', '-->\n', '*** ', '![x](y)\n', 'e.g. ', 'https://a.b/c.d ', '3.14', '\t', '\\\n', '  \n', '•'],
  ...[
    '[^a]: ',
    '+++\n',
    'a key: ',
    'k = 1\n',
    '\ufeff',
    ' {#eq-a}\n',
    '$$ (1)\n',
    '\\$',
    '    ```\n',
    '~~~\n',
    '> ~~~\n',
  ],
  ...['<Tabs>', '<br>', '<img src="', '/>', '{/* ', '*/}\n', "import a from 'b'\n", 'export ', 'const '],
];
