import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/writing/sampling';
import { EAGER } from './essay';
import { useWorkbench } from './useWorkbench';
import { eventually } from './workbench';

/** Long enough for a run of a minute and what is measured before and after it, on a machine that does other things as well. */
const RUN_MS = 600_000;

/** What every page of this workspace says, and the bundled model has never read. */
const PHRASE = 'the keeper of the lantern writes the hour into the blue ledger';

const PLACES = [
  'Skagen',
  'Anholt',
  'Hirsholm',
  'Nakkehoved',
  'Lyngvig',
  'Hammeren',
  'Blaavand',
  'Gedser',
  'Sletterhage',
];
const WHO = [
  'the mate',
  'a fisherman',
  'the oldest daughter',
  'nobody',
  'the inspector',
  'a guest',
  'the cook',
  'her brother',
];
const DOES = [
  'counts the ships',
  'mends a net',
  'reads the glass',
  'waits for the post',
  'looks north',
  'cleans the brass',
  'boils water',
  'hears the fog',
];
const WHEN = [
  'before the wind turns',
  'while the coffee is hot',
  'until the boats are in',
  'after the second bell',
  'as long as there is oil',
  'when snow comes',
  'on Sundays',
];

/** Pages of a diary: sentences of chance, and the phrase among them. */
function pages(): Record<string, string> {
  const random = seededRandom(7);
  const pick = (words: readonly string[]): string => words[Math.floor(random() * words.length)]!;
  const clause = (): string => `${pick(WHO)} ${pick(DOES)} ${pick(WHEN)}`;
  const sentence = (): string => {
    const [first, second] = [clause(), clause()];
    return `${first[0]!.toUpperCase()}${first.slice(1)}, and ${second}.`;
  };
  const paragraph = (): string =>
    `${sentence()} In the evening ${PHRASE}, and ${clause()}. At noon ${PHRASE}. In the morning ${PHRASE}, because ${clause()}.`;
  return Object.fromEntries(
    PLACES.map((place) => [
      `${place.toLowerCase()}.md`,
      `# The light of ${place}\n\n${Array.from({ length: 6 }, paragraph).join('\n\n')}\n`,
    ]),
  );
}

describe('fine-tuning on the workspace', () => {
  const open = useWorkbench({
    files: { ...pages(), 'notes.md': '# Notes\n\n' },
    settings: { ...EAGER, 'planwright.training.minutes': 5 },
  });

  const dialog = (text: string) => open().page.locator('.monaco-dialog-box', { hasText: text });
  const start = async (): Promise<void> => {
    await open().command('Planwright: Fine-tune on Workspace');
    await dialog('Fine-tune on').waitFor();
  };
  const answer = (question: string, choice: string): Promise<void> =>
    dialog(question).locator('.monaco-button', { hasText: choice }).click();
  const message = (text: string | RegExp) => open().page.locator('.notification-list-item', { hasText: text }).first();

  it(
    'says what it would do, and leaves nothing behind when it is cancelled',
    async () => {
      const workbench = open();
      await workbench.openFile('notes.md');
      await start();
      const question = await dialog('Fine-tune on').innerText();
      expect(question).toMatch(/9 documents with [\d,.]+ characters/);
      expect(question).toMatch(/Takes about .+ and \d\.\d GB of memory, on CPU/);
      await workbench.picture('fine-tune-question-light', { below: 720, whole: true });
      await answer('Fine-tune on', 'Fine-tune (Full)');
      await message('fine-tuning').waitFor();
      await message('fine-tuning').hover();
      await message('fine-tuning').locator('.monaco-button', { hasText: 'Cancel' }).click();
      await answer('Stop fine-tuning?', 'Discard');
      await eventually('the end of it', async () => (await message('fine-tuning').count()) === 0);
      await workbench.command('Planwright: Show Fine-tuning Report');
      await eventually('that there is no report', async () => (await workbench.messages()).join().includes('report'));
      await workbench.command('Notifications: Clear All Notifications');
    },
    RUN_MS,
  );

  it(
    'learns what the workspace says, and reports what it was good for',
    async () => {
      const workbench = open();
      await start();
      await answer('Fine-tune on', 'Fine-tune (Full)');
      await message(/tokens\/s/).waitFor({ timeout: RUN_MS });
      await workbench.picture('fine-tune-progress-light', { below: 720, whole: true });
      await workbench.openView('Planwright');
      await eventually('a row in the plan view', async () =>
        (await workbench.treeRows()).some((row) => /fine-tun/i.test(row)),
      );
      const report = message('Show Report');
      await report.waitFor({ timeout: RUN_MS });
      await report.locator('.monaco-button', { hasText: 'Show Report' }).click();
      await workbench.page.locator('.tab', { hasText: 'Fine-tuning Report' }).waitFor();
      await eventually('the report in its preview', async () => {
        const texts = await Promise.all(
          workbench.page.frames().map((frame) =>
            frame
              .locator('body')
              .innerText()
              .catch(() => ''),
          ),
        );
        return texts.some((text) => text.includes('Perplexity per token') && text.includes('Loss'));
      });
      await workbench.picture('fine-tune-report-light', { below: 720, whole: true });
    },
    2 * RUN_MS,
  );

  it(
    'suggests what only the tuned model knows',
    async () => {
      const workbench = open();
      const asked = async (): Promise<string> => {
        await workbench.openFile('notes.md');
        await workbench.press('Control+End');
        await workbench.type('In the morning the keeper of the lantern ');
        const shown = (await workbench.suggests(10_000)) ? await workbench.ghost() : '';
        await workbench.press('Escape', 'Control+A', 'Delete');
        await workbench.type('# Notes\n\n');
        return shown;
      };
      await eventually('the phrase of the workspace', async () => (await asked()).includes('writes the hour'));
      await workbench.command('Planwright: Switch Between Bundled and Workspace Model');
      await eventually('another suggestion, or none', async () => !(await asked()).includes('writes the hour'));
    },
    RUN_MS,
  );
});
