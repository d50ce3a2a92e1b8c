import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openableFolder } from '../../../src/cli/modelFolder';
import { run } from '../../../src/cli/program';
import type { CompleteJson, PlanJson } from '../../../src/cli/shapes';
import { WorkspaceStore } from '../../../src/training/store';
import type { EvaluationRow } from '../../../src/writing/evaluation';
import { FakeTerminal } from '../support/fakeTerminal';
import { TINY_FOLDER } from '../support/toyModel';
import { TOY_TEXT } from '../support/toyText';
import { writeWorkspace } from '../training/workspace';

let folder = '';
const file = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'planwright-cli-'));
  writeFileSync(file('tea.md'), TOY_TEXT);
  writeFileSync(file('crlf.md'), TOY_TEXT.replaceAll('\n', '\r\n'));
  writeFileSync(file('empty.md'), '');
  writeFileSync(file('binary.md'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]));
  writeFileSync(file('utf16.md'), Buffer.from('\uFEFFHello there.', 'utf16le'));
  writeFileSync(file('bom.md'), `\uFEFF${TOY_TEXT}`);
  writeFileSync(file('latin1.md'), Buffer.from('The caf\u00e9 is open. It is nice.', 'latin1'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function planwright(args: readonly string[], terminal = new FakeTerminal()) {
  const code = await run(args, terminal);
  return { code, out: terminal.output, err: terminal.errors };
}

const tiny = ['--model', TINY_FOLDER, '--device', 'cpu'] as const;

async function jsonOf<T>(...args: string[]): Promise<T> {
  const { code, out, err } = await planwright([...args, ...tiny, '--json']);
  expect(err).toBe('');
  expect(code).toBe(0);
  return JSON.parse(out) as T;
}

/** Whether a value has exactly the shape of a sample: same keys, same types, every element of a list like its first. */
function expectShape(value: unknown, sample: unknown, path = '$'): void {
  if (sample === null) return;
  if (Array.isArray(sample)) {
    expect(Array.isArray(value), path).toBe(true);
    for (const [i, element] of (value as unknown[]).entries()) expectShape(element, sample[0], `${path}[${i}]`);
  } else if (typeof sample === 'object') {
    expect(Object.keys(value as object).sort(), path).toEqual(Object.keys(sample).sort());
    for (const [key, inner] of Object.entries(sample))
      expectShape((value as Record<string, unknown>)[key], inner, `${path}.${key}`);
  } else {
    expect(typeof value, path).toBe(typeof sample);
  }
}

const LABEL = { id: 1, name: '', probability: 0.5 };

describe('plan', () => {
  it('--json has the shape of the contract', async () => {
    const plan = await jsonOf<PlanJson>('plan', file('tea.md'));
    expectShape(plan, {
      file: '',
      model: '',
      device: '',
      units: [{ start: 0, end: 0, kind: '', label: { id: 0, name: '' }, predicted: [LABEL], surprisal: 0 }],
      paragraphs: [{ start: 0, end: 0, units: [0] }],
      next: [[LABEL]],
    });
    expect(plan).toMatchObject({ file: file('tea.md'), model: 'tiny-model', device: 'cpu' });
    expect(plan.next).toHaveLength(3);
    expect(plan.units.map(({ start, end }) => TOY_TEXT.slice(start, end)).join('')).toBe(TOY_TEXT);
    expect(plan.paragraphs.flatMap(({ units }) => units)).toEqual(plan.units.map((_, i) => i));
    for (const { start, end, units } of plan.paragraphs) {
      for (const i of units) {
        const own = TOY_TEXT.slice(plan.units[i]!.start, plan.units[i]!.end);
        const first = plan.units[i]!.start + own.length - own.trimStart().length;
        expect(first >= start && first < end).toBe(true);
      }
    }
    const paragraph = plan.paragraphs.find(({ start }) => TOY_TEXT.startsWith('Good tea', start));
    expect(paragraph?.units).toHaveLength(3);
  });

  it('is the same for CRLF, with offsets into the file', async () => {
    const [plain, crlf] = [
      await jsonOf<PlanJson>('plan', file('tea.md')),
      await jsonOf<PlanJson>('plan', file('crlf.md')),
    ];
    const text = TOY_TEXT.replaceAll('\n', '\r\n');
    expect(crlf.units.map(({ start, end }) => text.slice(start, end).replaceAll('\r', ''))).toEqual(
      plain.units.map(({ start, end }) => TOY_TEXT.slice(start, end)),
    );
    expect(crlf.units.map(({ label }) => label)).toEqual(plain.units.map(({ label }) => label));
    expect(crlf.paragraphs.map(({ units }) => units)).toEqual(plain.paragraphs.map(({ units }) => units));
  });

  it('shows people each unit with its label and what was expected', async () => {
    const { code, out } = await planwright(['plan', file('tea.md'), ...tiny]);
    expect(code).toBe(0);
    expect(out).toContain('# How to brew tea');
    expect(out).toContain('line 1 · heading 1');
    expect(out).toMatch(/expected .+ \d+ % · .+ \d+ % · /);
    expect(out).toContain('What may come next');
    expect(out).not.toContain('\x1b[');
  });

  it('uses colours on a terminal only, and not under NO_COLOR', async () => {
    const paint = async (env: Record<string, string>) =>
      (await planwright(['plan', file('tea.md'), ...tiny], new FakeTerminal({ tty: true, env }))).out;
    expect(await paint({})).toContain('\x1b[');
    expect(await paint({ NO_COLOR: '1' })).not.toContain('\x1b[');
  });

  it('reads standard input as -, an empty file, a byte order mark, stray bytes', async () => {
    const piped = await planwright(['plan', '-', ...tiny, '--json'], new FakeTerminal({ stdin: TOY_TEXT }));
    const named = await jsonOf<PlanJson>('plan', file('tea.md'));
    expect(JSON.parse(piped.out)).toEqual({ ...named, file: '-' });
    expect(await jsonOf<PlanJson>('plan', file('empty.md'))).toMatchObject({ units: [], paragraphs: [] });
    expect((await jsonOf<PlanJson>('plan', file('bom.md'))).units).toEqual(named.units);
    const latin1 = await planwright(['plan', file('latin1.md'), ...tiny]);
    expect(latin1.code).toBe(0);
    expect(latin1.err).toMatch(/not UTF-8/);
  });
});

/** What the tiny model writes below the first paragraph by the first seed for which it writes something. */
async function completed(...more: string[]): Promise<CompleteJson> {
  for (let seed = 1; ; seed++) {
    const at = ['complete', file('tea.md'), '--at', '4:1', '--temperature', '1', '--max-tokens', '24'];
    const result = await jsonOf<CompleteJson>(...at, '--seed', `${seed}`, ...more);
    if (result.completions.length > 0) return result;
    expect(seed).toBeLessThan(20);
  }
}

describe('complete', () => {
  it('--json has the shape of the contract', async () => {
    const result = await completed();
    expectShape(result, {
      completions: [{ text: '', labels: [{ ...LABEL, pinned: false }], confidence: 0, tokens: 1 }],
      reason: null,
      milliseconds: { plan: 0, first: null, total: 0 },
    });
    expect(result.reason).toBeNull();
  });

  it('shows a completion in its line, apart from what stands apart from it', async () => {
    writeFileSync(file('middle.md'), 'Good tea needs fresh and a clean pot.\n\nBoil the water first.\n');
    const shown: string[] = [];
    for (let seed = 1; shown.length === 0 && seed < 20; seed++) {
      const at = ['complete', file('middle.md'), '--at', '1:21', '--temperature', '1', '--seed', `${seed}`];
      const [written] = (await jsonOf<CompleteJson>(...at)).completions;
      if (written === undefined) continue;
      shown.push((await planwright([...at, ...tiny])).out);
      expect(shown[0]).toContain(`Good tea needs fresh${written.text} and a clean pot.\n`);
    }
    expect(shown).toHaveLength(1);
  });

  it('gives a reason instead of a completion', async () => {
    const code = 'Some text.\n\n```js\nlet a = \n```\n';
    writeFileSync(file('code.md'), code);
    expect(await jsonOf<CompleteJson>('complete', file('code.md'), '--at', '4:9')).toMatchObject({
      completions: [],
      reason: 'inside-code',
    });
    const { out } = await planwright(['complete', file('code.md'), '--at', '4:9', ...tiny]);
    expect(out).toContain('The cursor is inside code.');
    expect(await jsonOf<CompleteJson>('complete', file('empty.md'), '--at', '1:1')).toMatchObject({
      reason: 'empty-document',
    });
  });

  it('takes the label by number or name, and says which there are', async () => {
    const labels = (
      JSON.parse(readFileSync(join(TINY_FOLDER, 'labels.json'), 'utf8')) as { labels: { name: string }[] }
    ).labels;
    for (const pin of ['3', labels[3]!.name.toUpperCase()]) {
      const { completions } = await completed('--pin', pin);
      for (const { labels: followed } of completions) expect(followed[0]).toMatchObject({ id: 3, pinned: true });
    }
    const { code, err } = await planwright(['complete', file('tea.md'), '--at', '1:1', '--pin', 'nonsense', ...tiny]);
    expect(code).toBe(2);
    expect(err).toMatch(/no label "nonsense"\. Labels are 0 to 15/);
  });
});

describe('train', () => {
  it('says which folder is not there, and which is no folder', async () => {
    for (const wrong of [file('nowhere'), file('tea.md')]) {
      const { code, err } = await planwright(['train', folder, wrong, '--out', file('out'), ...tiny]);
      expect(code).toBe(1);
      expect(err).toContain(`There is no folder ${wrong}.`);
    }
    const survey = await planwright(['train', folder, '--out', file('out'), '--survey', ...tiny]);
    expect(survey.code).toBe(1);
    expect(survey.err).toMatch(/too little to learn from/);
    expect(survey.out).not.toMatch(/too little/);
    const { code, err } = await planwright(['plan', `${file('tea.md')}/below.md`, ...tiny]);
    expect(code).toBe(1);
    expect(err).toContain('There is no file');
  });

  it('takes a link that leads to itself for no folder', async () => {
    symlinkSync(file('loop'), file('loop'), 'junction');
    const { code, err } = await planwright(['train', file('loop'), '--out', file('out'), ...tiny]);
    expect(code).toBe(1);
    expect(err).toBe(`planwright: There is no folder ${file('loop')}.\n`);
  });

  it('writes into no folder that holds something else', async () => {
    const project = file('project');
    const documents = join(project, 'docs');
    writeWorkspace(documents, 14);
    mkdirSync(join(project, 'training'));
    writeFileSync(join(project, 'training', 'slides.md'), 'Slides.');
    writeFileSync(join(project, 'report.json'), '{"mine":true}');
    for (const more of [[], ['--survey']]) {
      const { code, err } = await planwright(['train', documents, '--out', project, ...more, ...tiny]);
      expect(code).toBe(1);
      expect(err).toContain(`${project} is not empty, and holds something other than what training keeps`);
    }
    expect(readdirSync(project).sort()).toEqual(['docs', 'report.json', 'training']);
    expect(readFileSync(join(project, 'report.json'), 'utf8')).toBe('{"mine":true}');
    expect(readFileSync(join(project, 'training', 'slides.md'), 'utf8')).toBe('Slides.');
    const onFile = await planwright(['train', documents, '--out', file('tea.md'), ...tiny]);
    expect(onFile.code).toBe(1);
    expect(onFile.err).toContain(`${file('tea.md')} is not a folder.`);
  });

  it('goes on in a folder that it made, whose model other commands open', async () => {
    const documents = file('documents');
    writeWorkspace(documents, 14);
    const out = file('tuned');
    const base = file('base');
    cpSync(TINY_FOLDER, base, { recursive: true });
    const train = [
      'train',
      documents,
      '--out',
      out,
      '--minutes',
      '1',
      '--threads',
      '1',
      '--device',
      'cpu',
      '--model',
      base,
    ];
    expect(await planwright(train)).toMatchObject({ code: 0, err: '' });
    expect((await planwright([...train, '--survey'])).code).toBe(0);
    expect(await openableFolder(out)).toContain(join(out, 'composed'));
    const commands = [
      ['plan', file('tea.md'), '--device', 'cpu'],
      ['complete', file('tea.md'), '--at', '1:1', '--device', 'cpu'],
      ['evaluate', file('tea.md'), '--rows', 'soft', '--max-tokens', '50', '--device', 'cpu'],
      ['model', 'info'],
      ['model', 'verify'],
    ];
    for (const command of commands) {
      expect(await planwright([...command, '--model', out]), command.join(' ')).toMatchObject({ code: 0, err: '' });
    }
    const store = new WorkspaceStore(out);
    await store.use('starter');
    expect(await openableFolder(out)).toBe(base);
    await store.use('workspace');
    // Then the bundled model takes its place, which is not the one that it was tuned from.
    rmSync(base, { recursive: true });
    for (const command of commands) {
      const { code, err } = await planwright([...command, '--model', out]);
      expect(code, command.join(' ')).toBe(1);
      expect(err).toMatch(/was tuned from another bundled model/);
    }
    rmSync(join(out, 'state.json'));
    await expect(openableFolder(out)).rejects.toThrow(/holds no tuned model/);
  }, 60_000);
});

describe('evaluate', () => {
  it('--json has a line per row, of the contract’s shape', async () => {
    const rows = await jsonOf<EvaluationRow[]>(
      'evaluate',
      file('tea.md'),
      file('crlf.md'),
      '--rows',
      'none,soft,oracle',
      '--max-tokens',
      '200',
    );
    expect(rows.map(({ row }) => row)).toEqual(['none', 'soft', 'oracle']);
    expectShape(rows, [
      {
        row: '',
        perplexity: 1,
        bitsPerCharacter: 1,
        tokens: 1,
        plannerTop1: 1,
        plannerTop5: 1,
        keystrokeSavings: null,
        precision: null,
      },
    ]);
    expect(rows.every(({ tokens }) => tokens === 200)).toBe(true);
  });

  it('shows people a table', async () => {
    const { out } = await planwright([
      'evaluate',
      file('tea.md'),
      '--rows',
      'fixed',
      '--max-tokens',
      '50',
      '--keystrokes',
      '1',
      ...tiny,
    ]);
    expect(out).toMatch(/row +perplexity +bits\/char +tokens +top 1 +top 5 +keys saved +precision/);
    expect(out).toMatch(/fixed +[\d.]+ +[\d.]+ +50 /);
  });

  it('types with a question after every character, and without the document’s memory, where told', async () => {
    const argv = [
      'evaluate',
      file('tea.md'),
      '--rows',
      'soft',
      '--max-tokens',
      '20',
      '--keystrokes',
      '1',
      '--gate',
      'open',
    ];
    const rows = async (...more: string[]) => await jsonOf<EvaluationRow[]>(...argv, ...more);
    const [words, characters, forgetful] = [
      await rows(),
      await rows('--ask', 'character'),
      await rows('--ask', 'character', '--no-memory'),
    ];
    const saved = [words, characters, forgetful].map(([row]) => row!.keystrokeSavings);
    expect(saved.every((share) => share !== null)).toBe(true);
    expect(new Set(saved).size).toBeGreaterThan(1);
    expect((await planwright([...argv, '--ask', 'line', ...tiny])).code).toBe(2);
  });
});

describe('model', () => {
  it('info tells sizes and labels', async () => {
    const { code, out } = await planwright(['model', 'info', TINY_FOLDER]);
    expect(code).toBe(0);
    expect(out).toContain('tiny-model');
    expect(out).toMatch(/3 layers of width 32, 64 positions, 392 tokens/);
    const info = JSON.parse((await planwright(['model', 'info', TINY_FOLDER, '--json'])).out) as Record<
      string,
      unknown
    >;
    expect(info).toMatchObject({ name: 'tiny-model', labelCount: 16, positions: 64 });
  });

  it('verify passes a whole model and names the file that is not', async () => {
    expect(await planwright(['model', 'verify', TINY_FOLDER])).toMatchObject({ code: 0, err: '' });
    const copy = copyModel('damaged');
    const bytes = readFileSync(join(copy, 'planner.safetensors'));
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(join(copy, 'planner.safetensors'), bytes);
    const { code, err } = await planwright(['model', 'verify', copy]);
    expect(code).toBe(1);
    expect(err).toMatch(/planner\.safetensors/);
  });
});

function copyModel(name: string): string {
  const copy = file(name);
  mkdirSync(copy);
  for (const entry of readdirSync(TINY_FOLDER)) copyFileSync(join(TINY_FOLDER, entry), join(copy, entry));
  return copy;
}

describe('exit codes and messages', () => {
  it.each([
    ['no command', [], 2, /Usage/],
    ['an unknown command', ['plam'], 2, /Did you mean plan/],
    ['an unknown option', ['plan', 'a.md', '--colour'], 2, /unknown option/],
    ['a missing argument', ['plan'], 2, /missing required argument/],
    ['a missing position', ['complete', 'a.md'], 2, /--at/],
    ['a position that is none', ['complete', 'a.md', '--at', '3'], 2, /LINE:COL/],
    ['a number that is none', ['complete', 'a.md', '--at', '1:1', '--seed', 'x'], 2, /whole number/],
    ['too many alternatives', ['complete', 'a.md', '--at', '1:1', '--alternatives', '99'], 2, /1 to 10/],
    [
      'a stop rule that is none',
      ['complete', 'a.md', '--at', '1:1', '--stop', 'word'],
      2,
      /clause, sentence, paragraph/,
    ],
    ['a row that is none', ['evaluate', 'a.md', '--rows', 'soft,best'], 2, /"best" is not a row/],
    ['an unknown model command', ['model', 'train'], 2, /unknown command/],
    ['a file that is not there', ['plan', '/nowhere/a.md'], 1, /There is no file \/nowhere\/a\.md/],
  ])('%s', async (_, args, code, message) => {
    const result = await planwright(args);
    expect(result.code).toBe(code);
    expect(result.err).toMatch(message);
    expect(result.out).toBe('');
  });

  it('0 for help and version, on standard output', async () => {
    expect(await planwright(['--help'])).toMatchObject({ code: 0, err: '' });
    expect((await planwright(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await planwright(['complete', '--help'])).out).toMatch(/--pin[^]*\(default:\s+none\)/);
    expect((await planwright(['train', '--help'])).out).toMatch(
      /--include[^]*\(default:\s+Markdown\s+and\s+its\s+kin\)/,
    );
  });

  it('2 for a position outside the file', async () => {
    const result = await planwright(['complete', file('tea.md'), '--at', '99:1', ...tiny]);
    expect(result.code).toBe(2);
    expect(result.err).toMatch(/no line 99/);
  });

  it.each([
    ['binary.md', /not text/],
    ['utf16.md', /UTF-16/],
    ['.', /is a folder/],
  ])('1 for %s', async (name, message) => {
    const { code, err } = await planwright(['plan', join(folder, name), ...tiny]);
    expect(code).toBe(1);
    expect(err).toMatch(message);
  });

  it('1 for a model that is not there, or cut short', async () => {
    const missing = await planwright(['plan', file('tea.md'), '--model', file('nowhere')]);
    expect(missing.code).toBe(1);
    expect(missing.err).toMatch(/nowhere/);
    const copy = copyModel('cut');
    truncateSync(join(copy, 'lm.safetensors'), 50_000);
    const cut = await planwright(['plan', file('tea.md'), '--model', copy]);
    expect(cut.code).toBe(1);
    expect(cut.err).toMatch(/lm\.safetensors/);
    expect(cut.err).not.toMatch(/\n {4}at /);
  });

  it('1 for nothing to evaluate', async () => {
    expect(await planwright(['evaluate', file('empty.md'), ...tiny])).toMatchObject({ code: 1 });
  });
});
