import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlanJson } from '../../../src/cli/shapes';
import { TINY_FOLDER } from '../support/toyModel';
import { TOY_TEXT } from '../support/toyText';

const root = join(import.meta.dirname, '../../..');
const program = join(root, 'dist', 'planwright.mjs');
let folder = '';
let file = '';

beforeAll(() => {
  const built = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { encoding: 'utf8' });
  expect(built.stderr).toBe('');
  folder = mkdtempSync(join(tmpdir(), 'planwright-process-'));
  file = join(folder, 'tea.md');
  writeFileSync(file, TOY_TEXT);
});
afterAll(() => rmSync(folder, { recursive: true }));

const planwright = (args: readonly string[], input = '') =>
  spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', input, cwd: folder });

describe('the program as a process', () => {
  it.each(['cpu', 'auto'])('plans standard input and ends with 0 on device %s', (device) => {
    const { status, stdout, stderr } = planwright(
      ['plan', '-', '--model', TINY_FOLDER, '--device', device, '--json'],
      TOY_TEXT,
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const plan = JSON.parse(stdout) as PlanJson;
    expect(plan.file).toBe('-');
    expect(plan.units.at(-1)!.end).toBe(TOY_TEXT.length);
  });

  it.each([
    [0, ['--help']],
    [0, ['complete', 'tea.md', '--at', '3:10', '--model', TINY_FOLDER, '--device', 'cpu']],
    [1, ['plan', 'missing.md']],
    [1, ['plan', 'tea.md', '--model', 'nowhere', '--device', 'cpu']],
    [2, []],
    [2, ['complete', 'tea.md', '--at', '500:1']],
    [2, ['plan', 'tea.md', '--device', 'abacus']],
  ])('ends with %i for %j', (code, args) => {
    const { status, stdout, stderr } = planwright(args);
    expect(status).toBe(code);
    expect(stderr === '').toBe(code === 0);
    expect(stdout === '').toBe(code !== 0);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  it('tells the same twice: same seed, same text', () => {
    // The bundled model: what the little untrained one draws is seldom text.
    const args = ['complete', 'tea.md', '--at', '11:20', '--device', 'cpu', '--json'];
    const drawn = ['3', '3', '4'].map((seed) => {
      const { stdout } = planwright([...args, '--temperature', '1', '--seed', seed, '--stop', 'paragraph']);
      const { completions, reason } = JSON.parse(stdout) as { completions: unknown; reason: unknown };
      return JSON.stringify({ completions, reason });
    });
    expect(drawn[0]).toBe(drawn[1]);
    expect(drawn[2]).not.toBe(drawn[0]);
  });

  it('does not mind a reader that has seen enough', async () => {
    writeFileSync(join(folder, 'long.md'), TOY_TEXT.repeat(40));
    const child = spawn(
      process.execPath,
      [program, 'plan', join(folder, 'long.md'), '--model', TINY_FOLDER, '--device', 'cpu', '--json'],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    expect(errors).toBe('');
    expect(code).toBe(0);
  });
});
