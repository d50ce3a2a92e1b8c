import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Batch } from '../../../src/training/corpus/batches';
import type { Group } from '../../../src/training/parameterBook';
import type { TrainingRow } from '../../../src/training/rows';

interface Packed {
  readonly shape: readonly number[];
  readonly data: string;
}

/** What models/recipe/fixtures_training.py wrote: the joint step in PyTorch. */
interface Reference {
  readonly settings: {
    readonly shape: { readonly batch: number; readonly length: number; readonly units: number };
    readonly steps: number;
    readonly warmup: number;
    /** The first step at which the planner is tuned. */
    readonly unfreeze: number;
    readonly plannerTerm: number;
    readonly rates: Readonly<Record<Group, number>>;
    readonly decay: number;
    readonly clip: number;
  };
  readonly batch: Readonly<Record<keyof Batch, Packed>>;
  /** LM's and planner's loss and the gradient's norm, of each step. */
  readonly losses: Readonly<Record<TrainingRow, readonly (readonly [number, number, number])[]>>;
  readonly gradients: Readonly<Record<'straight-through' | 'soft-joint', Readonly<Record<string, ReferenceGradient>>>>;
}

/** Of one tensor: its norm, and some of its values. */
interface ReferenceGradient {
  readonly norm: number;
  readonly at: readonly number[];
  readonly values: readonly number[];
}

const FIXTURES = join(import.meta.dirname, '../../fixtures');

export const TINY_MODEL = join(FIXTURES, 'tiny-model');

export const reference = JSON.parse(readFileSync(join(FIXTURES, 'training/joint.json'), 'utf8')) as Reference;

function bytes(name: keyof Batch): ArrayBuffer {
  const buffer = Buffer.from(reference.batch[name].data, 'base64');
  return buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength);
}

/** The batch of all its steps. */
export function referenceBatch(): Batch {
  return {
    tokens: new Int32Array(bytes('tokens')),
    targets: new Int32Array(bytes('targets')),
    targetWeights: new Float32Array(bytes('targetWeights')),
    unitOf: new Int32Array(bytes('unitOf')),
    embeddings: new Float32Array(bytes('embeddings')),
    kinds: new Int32Array(bytes('kinds')),
    isStart: new Uint8Array(bytes('isStart')),
    labels: new Int32Array(bytes('labels')),
    labelWeights: new Float32Array(bytes('labelWeights')),
  };
}
