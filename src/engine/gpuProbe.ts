import { spawn } from 'node:child_process';
import type { Speed } from './decodingSpeed';
import type { ProbeReport } from './probe';
import { processEnvironment } from './processEnvironment';
import { EngineError } from './engine';
import { toArguments, type EngineSettings } from './settings';

export type ProbeOutcome =
  | { readonly kind: 'works'; readonly gpu: Speed; readonly cpu: Speed }
  /** `passing`: it may have been busy with something else. */
  | { readonly kind: 'failed'; readonly reason: string; readonly passing?: boolean }
  /** It could not be found out. */
  | { readonly kind: 'unknown' };

/** A driver that takes longer to begin is of no use to a writer who waits. */
const PATIENCE_MS = 20_000;
/** Of the output, in characters: the report is its last line. */
const MOST_OUTPUT = 100_000;

/**
 * Tries the GPU in a process of its own.
 * @throws {EngineError} 'stopped' when the signal is aborted; the process is killed then
 */
export async function probeGpu(
  execPath: string,
  program: string,
  settings: EngineSettings,
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  if (isAborted(signal)) throw new EngineError('stopped', 'The engine was stopped.');
  const argv = toArguments({ mode: 'probe', settings: { ...settings, device: 'webgpu' } });
  const child = spawn(execPath, [program, ...argv], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: processEnvironment(),
    windowsHide: true,
  });
  const kill = (): void => void child.kill('SIGKILL');
  const late = AbortSignal.timeout(PATIENCE_MS);
  late.addEventListener('abort', kill);
  signal.addEventListener('abort', kill);
  let output = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk: string) => (output = (output + chunk).slice(-MOST_OUTPUT)));
  const how = await new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(`(${error.message})`));
    child.on('close', (code, by) => resolve(by === null ? `with exit code ${code ?? '?'}` : `by ${by}`));
  });
  late.removeEventListener('abort', kill);
  signal.removeEventListener('abort', kill);
  if (isAborted(signal)) throw new EngineError('stopped', 'The engine was stopped.');
  if (late.aborted) {
    return { kind: 'failed', reason: `It was not ready after ${PATIENCE_MS / 1000} seconds.`, passing: true };
  }
  // What the exit code says is not asked: a driver that crashes only when its process ends can be worked with, since a signal ends the engine.
  const report = reportIn(output);
  if (report === undefined)
    return { kind: 'failed', reason: `Its driver brought the trial process down, which ended ${how}.` };
  if (report.ok) return { kind: 'works', gpu: report.gpu, cpu: report.cpu };
  return report.fault === 'device' ? { kind: 'failed', reason: report.reason } : { kind: 'unknown' };
}

function reportIn(output: string): ProbeReport | undefined {
  const line = output.trimEnd().split('\n').at(-1)!;
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === 'object' && value !== null && 'ok' in value ? (value as ProbeReport) : undefined;
  } catch {
    return undefined;
  }
}

/** A call, for the compiler takes a flag that it has seen for one that stays. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
