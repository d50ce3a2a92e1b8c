import { describe, expect, it } from 'vitest';
import { EAGER, ESSAY } from './essay';
import { useWorkbench } from './useWorkbench';
import { eventually } from './workbench';

const KILLS = 50;
const TIMEOUT_MS = 900_000;

/** Random numbers that are the same in each run (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// Sentences whose end can be foretold from those before them, about so many things that none comes again soon.
const THINGS = 'dough yeast loaf oven crust flour water salt bread kitchen board bowl cloth knife basket stone'.split(
  ' ',
);
const opening = (n: number): string => `The ${THINGS[n % THINGS.length]!} should be kept `;
const END = 'warm in winter.\n\n';

describe('an engine that is killed again and again', () => {
  const open = useWorkbench({ files: { 'essay.md': ESSAY }, settings: EAGER });

  it(
    `costs no text and shows no message: ${KILLS} times at random moments of typing`,
    async () => {
      const workbench = open();
      const next = random(1);
      await workbench.openFile('essay.md');
      await workbench.press('Control+End');
      let text = ESSAY;
      const write = async (words: string): Promise<void> => {
        text += words;
        await workbench.type(words, 25);
      };
      await write(`\n${opening(0)}${END}${opening(1)}${END}${opening(2)}`);
      await workbench.ghostText();
      for (let kill = 0; kill < KILLS; kill++) {
        const typing = write(`${END}${opening(kill + 3)}`);
        await new Promise((resolve) => setTimeout(resolve, next() * 1000));
        for (const pid of workbench.enginePids()) process.kill(pid, 'SIGKILL');
        await typing;
        // Suggestions return; where the model has nothing to say, elsewhere.
        await eventually('a suggestion', async () => {
          if (await workbench.suggests(4000)) return true;
          await write(`${END}${opening(Math.floor(next() * THINGS.length))}`);
          return false;
        });
        expect(await workbench.messages()).toEqual([]);
      }
      await workbench.saved('essay.md', text);
    },
    TIMEOUT_MS,
  );
});
