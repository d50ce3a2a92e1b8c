/*
 * What a writer waits for in the editor itself: the packed extension with the bundled model, in a real VS Code (code-server in a headless Chromium). Times of
 * suggestions are those of the page, from the key's event to the ghost text in the document; the extension host's own are read from the Doctor's report.
 */
import { availableParallelism, loadavg } from 'node:os';
import { findChromium } from '../../scripts/vscode/programs.mjs';
import { EAGER, ESSAY, OPENINGS } from '../e2e/essay';
import { installPacked } from '../e2e/globalSetup';
import { Workbench, eventually } from '../e2e/workbench';
import { StrokeWatch } from './strokes';
import { quantile, report } from './figures';

const COLD_RUNS = 5;
/** How long a window is left alone before a file is opened in it: VS Code itself has started then. Without it both start at once, on the same cores. */
const SETTLE_MS = 8000;
/** For which a suggestion is waited. */
const STOPS = 60;
/**
 * Between two keystrokes, and the shortest pause before the engine is asked: so much more than 1.5 gaps that the pause, which otherwise follows the
 * writer's rhythm, is always this one, and can be told from the work.
 */
const GAP_MS = 60;
const PAUSE_MS = 250;
/** How long one waits for a suggestion after a stop before writing on, and for the very first one. */
const PATIENCE_MS = 2500;
const COLD_PATIENCE_MS = 60_000;
/** Written on after a file was opened, with a stop after each word, until there is a suggestion; a stop lasts so long, and may take less. */
const COLD_WORDS = [' ', 'most ', 'important ', 'things ', 'that ', 'people ', 'have ', 'learned ', 'about ', 'bread '];
const COLD_STOP_MS = 4000;
/** What is asked: from opening the file. */
const COLD_LIMIT_MS = 2000;
/** Characters that are typed along with one suggestion. */
const ALONG = 12;
const LARGE = 100_000;
const LARGE_STROKES = 1000;

if (findChromium() === undefined) {
  console.log('No Chromium or Chrome was found (CHROMIUM=/path/to/it names one).');
  process.exit(1);
}

/** Opens a window for one measurement. */
async function inWorkbench(text: string, measure: (workbench: Workbench) => Promise<void>): Promise<void> {
  const settings = { ...EAGER, 'planwright.completions.minimumDelay': PAUSE_MS };
  const workbench = await Workbench.open({ files: { 'essay.md': text }, settings, extensions });
  try {
    await measure(workbench);
  } finally {
    await workbench.close();
  }
}

/** What the extension timed in its host so far, by the kind of work: the rows of the Doctor's report. */
async function hostTimings(workbench: Workbench): Promise<ReadonlyMap<string, { p50: number; p99: number }>> {
  await workbench.command('Planwright: Doctor');
  await workbench.page.locator('.editor-instance .monaco-editor[data-uri^="planwright:"]').waitFor();
  // The table is at the end, and only lines in sight are in the page.
  await workbench.press('Control+End');
  const timings = new Map<string, { p50: number; p99: number }>();
  await eventually('the times in the report', async () => {
    for (const line of await workbench.lines()) {
      const [, work, p50, p99] = /^\| ([a-z-]+) \| ([\d.]+) \| ([\d.]+) \| \d+ \|$/.exec(line) ?? [];
      if (work !== undefined) timings.set(work, { p50: Number(p50), p99: Number(p99) });
    }
    return timings.size > 0;
  });
  return timings;
}

/** Loading an extension's code and calling its `activate`, as VS Code's list of running extensions has it. */
async function activation(workbench: Workbench, extension: string): Promise<number> {
  const row = workbench.page.locator('.runtime-extensions-editor .monaco-list-row', { hasText: extension });
  let milliseconds = Number.NaN;
  await eventually('the time of activation', async () => {
    milliseconds = Number(/(\d+)\s*ms/.exec(await row.locator('.activation-time').innerText())?.[1] ?? Number.NaN);
    return !Number.isNaN(milliseconds);
  });
  return milliseconds;
}

/** Windows in which Planwright has not run yet: a file is opened, and its last sentence written on at once. */
async function cold(where: string, settle: number): Promise<void> {
  const first: number[] = [];
  const each: string[] = [];
  let unheard = 0;
  for (let run = 0; run < COLD_RUNS; run++) {
    await inWorkbench(`${ESSAY}\n${OPENINGS[1]!.trimEnd()}`, async (workbench) => {
      await workbench.page.waitForTimeout(settle);
      const watch = await StrokeWatch.install(workbench.page);
      await workbench.openFile('essay.md');
      await workbench.press('Control+End');
      // A stop that brings nothing is written on from.
      for (const word of COLD_WORDS) {
        await workbench.type(word, GAP_MS);
        const { struck, shown } = await watch.settled(COLD_STOP_MS);
        if (shown === undefined) continue;
        const opened = (await watch.all()).find(({ key }) => key === 'Enter')!;
        first.push(shown - opened.struck);
        each.push(
          `${(shown - opened.struck).toFixed(0)} (the text could be written on after ${(struck - opened.struck).toFixed(0)})`,
        );
        if (word !== COLD_WORDS[0]) unheard++;
        break;
      }
    });
  }
  report(
    `opening a file to its first suggestion, ${where}, ${first.length} of ${COLD_RUNS} windows`,
    quantile(first, 0.5),
    COLD_LIMIT_MS,
  );
  console.log(`  each, in ms: ${each.join(', ')}; in ${unheard} the first stop brought none`);
}

/** What it costs to start the extension in a window that has started itself. */
async function activations(): Promise<void> {
  const listed: number[] = [];
  const compared: number[] = [];
  const called: number[] = [];
  for (let run = 0; run < COLD_RUNS; run++) {
    await inWorkbench(ESSAY, async (workbench) => {
      await workbench.page.waitForTimeout(SETTLE_MS);
      await workbench.openFile('essay.md');
      called.push((await hostTimings(workbench)).get('activate')!.p50);
      // Last: without a text that has the focus, keys do not open the palette.
      await workbench.command('Developer: Show Running Extensions');
      listed.push(await activation(workbench, 'Planwright'));
      compared.push(await activation(workbench, 'Markdown Language Features'));
    });
  }
  report('activate() alone', quantile(called, 0.5), 50);
  report('  as VS Code lists it, with the loading of the code', quantile(listed, 0.5));
  report('  the same of the Markdown extension that comes with VS Code', quantile(compared, 0.5));
}

/**
 * Begins sentences of the document again, each in a paragraph of its own, and stops where it becomes plain which one it is: there a suggestion is sure to come, so
 * that the gate's silence is not waited for. What is written for it is the same work as elsewhere.
 */
async function stops(workbench: Workbench, watch: StrokeWatch): Promise<void> {
  const sentences = ESSAY.match(/(?<=^|[.] )[A-Z][^.\n]+[.]/gmu)!;
  const times: number[] = [];
  let silent = 0;
  for (let stop = 0; stop < STOPS; stop++) {
    const words = sentences[stop % sentences.length]!.split(' ');
    const typed = words.slice(0, 3 + (Math.floor(stop / sentences.length) % (words.length - 4))).join(' ');
    await workbench.type(`${typed} `, GAP_MS);
    const { struck, shown } = await watch.settled(PATIENCE_MS);
    if (shown === undefined) silent++;
    else times.push(shown - struck);
    // Another text before the next one: what was suggested here is remembered.
    await workbench.press('Shift+Home');
    await workbench.type(`Note ${stop}.\n\n`);
  }
  console.log(`stops in a sentence: ${times.length} brought a suggestion, ${silent} none in ${PATIENCE_MS} ms`);
  for (const [name, q, limit] of [
    ['p50', 0.5, 250],
    ['p90', 0.9, 600],
  ] as const) {
    report(`keystroke to ghost text, warm, ${name}, pause of ${PAUSE_MS} ms included`, quantile(times, q));
    report(`  beyond that pause, ${name}`, quantile(times, q) - PAUSE_MS, limit);
  }
}

/** Writes what is suggested. */
async function typingAlong(workbench: Workbench, watch: StrokeWatch): Promise<void> {
  const times: number[] = [];
  let late = 0;
  for (const opening of [...OPENINGS, ...OPENINGS]) {
    await workbench.type(`\n\n${opening}`, GAP_MS);
    if ((await watch.settled(PATIENCE_MS)).shown === undefined) continue;
    const ghost = await workbench.ghost();
    await watch.forget();
    // The last character is left: with it the suggestion is at its end. Quotation marks and brackets would be closed by the editor.
    await workbench.type(/^[\p{L}\d ,]*/u.exec(ghost.slice(0, Math.min(ALONG, ghost.length - 1)))![0], GAP_MS);
    await watch.settled(PATIENCE_MS);
    for (const { struck, before, shown } of await watch.all()) {
      if (before !== '' && shown !== undefined) times.push(shown - struck);
      else late++;
    }
  }
  const host = await hostTimings(workbench);
  const typedThrough = host.get('typed-through');
  report('typed along: suggestion answered anew in the extension host, p50', typedThrough?.p50 ?? Number.NaN, 10);
  report('  p99', typedThrough?.p99 ?? Number.NaN);
  report(`  key to shorter ghost text in the page, ${times.length} keys (${late} too late), p50`, quantile(times, 0.5));
  report('suggestion made, in the extension host, without the pause, p50', host.get('suggestion')?.p50 ?? Number.NaN);
}

/** Writes in the middle of a large document. */
async function large(): Promise<void> {
  const part = ESSAY.slice(ESSAY.indexOf('\n') + 1);
  const parts = Array.from({ length: Math.ceil(LARGE / part.length) }, (_, i) => `# Part ${i + 1}\n${part}`);
  const text = parts.join('\n');
  const before = parts.slice(0, parts.length >> 1).join('\n');
  await inWorkbench(text, async (workbench) => {
    await workbench.openFile('essay.md');
    await workbench.goTo(before.split('\n').length + 2, 1);
    // The editor asks for them in pauses only.
    await eventually('lines above the paragraphs', async () => (await workbench.lenses()).length > 0);
    const sentence = 'Some of those who bake at home say that it takes less time than one thinks. ';
    const typed = sentence.repeat(Math.ceil(LARGE_STROKES / sentence.length)).slice(0, LARGE_STROKES);
    await workbench.type(typed, GAP_MS);
    const host = await hostTimings(workbench);
    const where = `in a document of ${Math.round(text.length / 1000)} kB, ${typed.length} keys`;
    // By the clock: on cores that the browser keeps busy most of the longest are waits for one. What the work itself takes is in the bench `host`.
    report(`host cost per keystroke ${where}, p99`, host.get('edit')!.p99, 2);
    report('  p50', host.get('edit')!.p50);
    report('  the lines above its paragraphs, whenever the editor asks, p50', host.get('lenses')?.p50 ?? Number.NaN);
  });
}

console.log(`${availableParallelism()} cores, load average ${loadavg()[0]!.toFixed(1)} before it begins`);
const { extensions, remove } = installPacked();
try {
  await cold('in a window that has started', SETTLE_MS);
  await cold('in a window that starts itself', 0);
  await activations();
  await inWorkbench(ESSAY, async (workbench) => {
    const watch = await StrokeWatch.install(workbench.page);
    await workbench.openFile('essay.md');
    await workbench.press('Control+End');
    await workbench.type(`\n${OPENINGS[1]!}`, GAP_MS);
    await watch.settled(COLD_PATIENCE_MS);
    await workbench.type('\n\n');
    await stops(workbench, watch);
    await typingAlong(workbench, watch);
  });
  await large();
} finally {
  remove();
}
