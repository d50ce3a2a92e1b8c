import { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';
import { RuntimeUnavailableError } from '../runtime';
import type { TensorFlow } from './library';

const PACKAGE = '@tensorflow/tfjs-node-gpu';

export interface LoadOptions {
  /** A folder in whose node_modules the package is; where this program's own modules are, if not given. */
  readonly from?: string;
}

export interface LoadedTfjs {
  readonly tf: TensorFlow;
  /** Of the package, such as 4.22.0. */
  readonly version: string;
  /** The library's name for what computes: tensorflow. */
  readonly backend: string;
  /** Whether that is a GPU: without CUDA the package works on the CPU. */
  readonly device: 'gpu' | 'cpu';
}

/** What the package has beyond the core's types. */
interface Backend {
  readonly isUsingGpuDevice?: boolean;
}

/**
 * Loads @tensorflow/tfjs-node-gpu, which users install themselves.
 * @throws {RuntimeUnavailableError} where it is not there or does not load
 */
export async function loadTfjs({ from }: LoadOptions = {}): Promise<LoadedTfjs> {
  const find = createRequire(from === undefined ? import.meta.url : join(from, 'package.json'));
  prepare();
  let tf: TensorFlow;
  try {
    tf = find(PACKAGE) as TensorFlow;
    await tf.ready();
  } catch (cause) {
    throw new RuntimeUnavailableError(`${PACKAGE} ${why(cause, from)}`, { cause });
  }
  // Without checks of every value, and without the advice it prints.
  tf.enableProdMode();
  const { isUsingGpuDevice } = tf.backend() as Backend;
  return { tf, version: tf.version_core, backend: tf.getBackend(), device: isUsingGpuDevice === true ? 'gpu' : 'cpu' };
}

/** What the library needs of the process before it is loaded. */
function prepare(): void {
  // Of util, it calls what Node 23 no longer has.
  const old = util as { isNullOrUndefined?: (value: unknown) => boolean; isArray?: (value: unknown) => boolean };
  old.isNullOrUndefined ??= (value) => value === null || value === undefined;
  old.isArray ??= (value) => Array.isArray(value);
  // It would take all of the GPU's memory, which the screen needs too.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  // Sums in the same order at every run: the same seed trains the same model.
  process.env.TF_DETERMINISTIC_OPS ??= '1';
  // Warnings and errors only.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '1';
}

function why(cause: unknown, from: string | undefined): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const [first] = message.split('\n');
  if (message.includes(`'${PACKAGE}'`) && (cause as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') {
    return `is not installed${from === undefined ? '' : ` in ${from}`}.`;
  }
  if (message.includes('tfjs_binding.node')) {
    return `is installed without its native library. Run: npm explore ${PACKAGE} -- npm run install`;
  }
  return `is installed, but its library does not load: ${first!.trim().replace(/\.$/, '')}.`;
}
