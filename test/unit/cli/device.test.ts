import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { chooseDevice, probeCommand } from '../../../src/cli/device';
import type { ProbeReport } from '../../../src/engine/probe';
import { TINY_FOLDER } from '../support/toyModel';

const report = vi.hoisted(() => vi.fn<() => Promise<ProbeReport>>());
vi.mock('../../../src/engine/probe', () => ({ probe: report }));

/** A GPU that loses at single tokens and wins at blocks of them. */
const BLOCKS: ProbeReport = {
  ok: true,
  device: 'GPU',
  openMilliseconds: 1,
  gpu: { token: 15, block: 20 },
  cpu: { token: 5, block: 70 },
};

describe('what the hidden command says of a GPU', () => {
  afterEach(() => vi.restoreAllMocks());

  it.each([
    ['token', ''],
    ['block', 'faster\n'],
  ])('for work by the %s', async (work, said) => {
    report.mockResolvedValue(BLOCKS);
    let output = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      output += String(text);
      return true;
    });
    const program = new Command();
    probeCommand(program);
    await program.parseAsync(['probe-gpu', TINY_FOLDER, 'float32', work], { from: 'user' });
    expect(output).toBe(said);
  });
});

describe('the choice of a device', () => {
  const [, original] = process.argv;
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'planwright-device-'));
    // In place of the program: its hidden command, with a GPU that is faster at blocks.
    process.argv[1] = join(folder, 'program.mjs');
    writeFileSync(process.argv[1], `if (process.argv.at(-1) === 'block') console.log('faster');`);
  });
  afterEach(() => {
    process.argv[1] = original!;
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['auto', 'token', 'cpu'],
    ['auto', 'block', 'webgpu'],
    ['cpu', 'block', 'cpu'],
    ['webgpu', 'token', 'webgpu'],
  ] as const)('%s, by the %s: %s', (wanted, work, device) => {
    expect(chooseDevice(wanted, TINY_FOLDER, 'float32', work)).toBe(device);
  });
});
