/*
 * What the extension host computes itself while someone writes, in documents far larger than usual: units of a long line, the outline, notes above
 * paragraphs, what is steered at the cursor, and what a key costs. What VS Code adds is measured by the bench `editor`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { paragraphNotes } from '../../src/editor/annotations/paragraphNotes';
import { OutlineBook } from '../../src/editor/planView/outlineBook';
import { UnitDocument } from '../../src/text/units';
import { ESSAY } from '../e2e/essay';
import { english } from '../unit/editor/support/localiser';
import { letters, plannedState, stateOf } from '../unit/editor/support/plannedState';
import { median, quantile, report } from './figures';

const RUNS = 15;
const KEYS = 1000;
/** Between two keys: what is collected as garbage meanwhile does not keep a writer waiting. */
const GAP_MS = 5;
/** What is asked of a key in a document of 100 kB, at the 99th percentile. */
const KEY_LIMIT_MS = 2;

const sentence = 'A sentence of usual length says something about workers and their wages. ';

/** Prints the median of what one run takes. */
function time(what: string, work: (run: number) => unknown): void {
  const times = Array.from({ length: RUNS }, (_, run) => {
    const began = performance.now();
    work(run);
    return performance.now() - began;
  });
  report(what, median(times));
}

const line = 'word. '.repeat(200_000);
time('units of one line of 1.2 MB, from scratch', () => new UnitDocument(line));

const long = new UnitDocument('word '.repeat(1_000_000));
time('units that the text before the cursor has, in a line of 5 MB', (run) =>
  long.closedWith(long.text.length - run * 997, ' '),
);

const essay = ESSAY.repeat(Math.ceil(100_000 / ESSAY.length));
const written = stateOf(essay);
const keys: number[] = [];
for (let key = 0, at = essay.length >> 1; key < KEYS; key++, at++) {
  const text = sentence[key % sentence.length]!;
  const began = performance.now();
  written.edit([{ start: at, end: at, text }]);
  keys.push(performance.now() - began);
  await sleep(GAP_MS);
}
const where = `a key in the middle of ${Math.round(essay.length / 1000)} kB, ${KEYS} keys`;
report(`${where}, p50`, median(keys));
report(`${where}, p99`, quantile(keys, 0.99), KEY_LIMIT_MS);

const chapters = stateOf(`# H\n\n${'A sentence stands here. Another one does. '.repeat(5)}\n\n`.repeat(4400));
const book = new OutlineBook(chapters);
time('outline after an edit, 930 kB in 4,400 sections', (run) => {
  chapters.edit([{ start: 5 + 210 * run, end: 6 + 210 * run, text: 'The' }]);
  return book.update(undefined);
});

const paragraph = sentence.repeat(5).trim();
const planned = plannedState(`${paragraph}\n\n`.repeat(280), (n) => ({ label: n % 26 }));
time('notes above the paragraphs of 103 kB', () => paragraphNotes(planned, 4, letters, english));

const steered = stateOf(`${'A sentence of some length stands here. '.repeat(30)}\n`.repeat(4300));
for (let n = 0; n < 20; n++) steered.steering.set(steered.text.length - n * 1000, { pins: [7, 8], never: [] });
time('what is steered at a place, 5 MB with 20 places', (run) => steered.steering.at(steered.text.length - run * 1000));
