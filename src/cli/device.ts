import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Speed } from '../engine/decodingSpeed';
import { probe } from '../engine/probe';
import type { WeightChoice } from '../model/plannerLm';
import { couldNot } from './failure';

/** The name of the hidden command that tries the GPU. */
const PROBE = 'probe-gpu';
/** A driver that takes longer to begin is of no use to a command. */
const PATIENCE_MS = 20_000;

/** What the hidden command says of a GPU that is the faster at some work. */
const FASTER = 'faster';

/** Writing goes by single tokens, training by blocks of them. */
export type Work = keyof Speed;

/**
 * Where a model is to run: 'auto' takes the GPU where it is faster at the work. Whether it can be used is tried in a process of its own first:
 * a missing or broken driver can bring a process down, some only when it ends, and the exit code must be ours.
 * @throws {CliFailure} where the GPU was asked for and cannot be used
 */
export function chooseDevice(
  wanted: 'auto' | 'cpu' | 'webgpu',
  folder: string,
  weights: WeightChoice,
  work: Work,
): 'cpu' | 'webgpu' {
  const program = process.argv[1];
  // What is wrong with a folder without a model says whoever opens it.
  if (wanted === 'cpu' || program === undefined || !existsSync(join(folder, 'config.json'))) return 'cpu';
  const trial = spawnSync(process.execPath, [program, PROBE, folder, weights, work], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PATIENCE_MS,
    encoding: 'utf8',
  });
  if (trial.status === 0 && (wanted === 'webgpu' || trial.stdout.trim().endsWith(FASTER))) return 'webgpu';
  if (wanted === 'auto') return 'cpu';
  const message = /^planwright: (.+)$/m.exec(trial.stderr)?.[1] ?? 'its driver failed';
  throw couldNot(`The GPU cannot be used: ${message} Run it with --device cpu.`);
}

export function probeCommand(program: Command): void {
  program
    .command(PROBE, { hidden: true })
    .argument('<dir>')
    .argument('<weights>')
    .argument('<work>')
    .action(async (folder: string, weights: WeightChoice, work: Work) => {
      const report = await probe({ folder, device: 'webgpu', weights, idleMinutes: 0 });
      if (!report.ok) throw couldNot(report.reason);
      if (report.gpu[work] < report.cpu[work]) process.stdout.write(`${FASTER}\n`);
    });
}
