import { parseArgs } from 'node:util';
import type { WeightChoice } from '../model/plannerLm';

/** What the user has set: read anew at each start of the engine. */
export interface EngineSettings {
  /** The model's folder. */
  readonly folder: string;
  readonly device: 'auto' | 'cpu' | 'webgpu';
  readonly weights: WeightChoice;
  /** CPU threads; the run-time's choice if not given. */
  readonly threads?: number;
  /** The model is freed when nothing has used it for so long; 0: never. */
  readonly idleMinutes: number;
}

/** The same for an engine process, its device chosen. */
export interface ProcessSettings extends Omit<EngineSettings, 'device'> {
  readonly device: 'cpu' | 'webgpu';
}

/** How an engine program was called: to serve, or to try out the GPU. */
export interface Invocation {
  readonly mode: 'serve' | 'probe';
  readonly settings: ProcessSettings;
}

/** Settings as the command line of an engine process. */
export function toArguments({ mode, settings }: Invocation): string[] {
  const { folder, device, weights, threads, idleMinutes } = settings;
  return [
    mode === 'probe' ? '--probe' : '--model',
    folder,
    ...(mode === 'serve' ? ['--device', device, '--idle-minutes', String(idleMinutes)] : []),
    '--weights',
    weights,
    ...(threads === undefined ? [] : ['--threads', String(threads)]),
  ];
}

/** The inverse of {@link toArguments}. @throws {TypeError} for what is not such a command line */
export function parseArguments(argv: readonly string[]): Invocation {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      probe: { type: 'string' },
      model: { type: 'string' },
      device: { type: 'string', default: 'cpu' },
      weights: { type: 'string', default: 'auto' },
      threads: { type: 'string' },
      'idle-minutes': { type: 'string', default: '0' },
    },
  });
  const folder = values.probe ?? values.model;
  if (folder === undefined) throw new TypeError('Name a model folder: --model DIR, or --probe DIR to try out the GPU.');
  return {
    mode: values.probe === undefined ? 'serve' : 'probe',
    settings: {
      folder,
      device: values.probe === undefined ? oneOf('--device', values.device, ['cpu', 'webgpu']) : 'webgpu',
      weights: oneOf('--weights', values.weights, ['auto', 'float32', 'int8', 'int4']),
      ...(values.threads !== undefined && { threads: positive('--threads', values.threads) }),
      idleMinutes: positive('--idle-minutes', values['idle-minutes']),
    },
  };
}

function oneOf<T extends string>(name: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((each) => each === value);
  if (choice === undefined) throw new TypeError(`${name} is one of: ${choices.join(', ')}.`);
  return choice;
}

function positive(name: string, value: string): number {
  const number = Number(value);
  if (!(number >= 0) || number === Infinity) throw new TypeError(`${name} is a number, 0 or more.`);
  return number;
}
