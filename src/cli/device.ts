import { spawnSync } from 'node:child_process';
import type { Command } from 'commander';
import { openModel } from '../model/openModel';
import { couldNot } from './failure';

/** The name of the hidden command that tries the GPU. */
const PROBE = 'probe-gpu';
/** A driver that takes longer to begin is of no use to a command. */
const PATIENCE_MS = 20_000;

/**
 * Where a model is to run. Whether a GPU can be used is tried in a process of its own first: a missing or broken driver can bring a process down, some only
 * when it ends, and the exit code must be ours.
 * @throws {CliFailure} where the GPU was asked for and cannot be used
 */
export function chooseDevice(wanted: 'auto' | 'cpu' | 'webgpu', folder: string): 'cpu' | 'webgpu' {
  const program = process.argv[1];
  if (wanted === 'cpu' || program === undefined) return 'cpu';
  const probe = spawnSync(process.execPath, [program, PROBE, folder], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: PATIENCE_MS,
    encoding: 'utf8',
  });
  if (probe.status === 0) return 'webgpu';
  if (wanted === 'auto') return 'cpu';
  const message = /^planwright: (.+)$/m.exec(probe.stderr)?.[1] ?? 'its driver failed';
  throw couldNot(`The GPU cannot be used: ${message} Run it with --device cpu.`);
}

export function probeCommand(program: Command): void {
  program
    .command(PROBE, { hidden: true })
    .argument('<dir>')
    .action(async (folder: string) => {
      const model = await openModel(folder, { device: 'webgpu' });
      await model.embed(['probe']);
      await model.close();
    });
}
