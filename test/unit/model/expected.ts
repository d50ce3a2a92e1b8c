import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A float32 tensor as fixtures hold it: its bytes in base64. */
export interface PackedTensor {
  readonly shape: readonly number[];
  readonly data: string;
}

/** What PyTorch computed for tiny-model (models/recipe/fixtures.py). */
export interface ModelExpectation {
  readonly units: readonly string[];
  readonly kinds: readonly number[];
  readonly encoderTokens: readonly (readonly number[])[];
  readonly embeddings: PackedTensor;
  readonly observed: readonly number[];
  readonly probabilities: PackedTensor;
  readonly planVectors: PackedTensor;
  readonly tokens: readonly number[];
  readonly unitOfToken: readonly number[];
  readonly logits: PackedTensor;
  readonly logitsWithoutPlan: PackedTensor;
}

export interface LlamaExpectation {
  readonly tokens: readonly number[];
  readonly logits: PackedTensor;
}

export function readExpected(folder: string): unknown {
  return JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));
}

export function unpack({ data }: PackedTensor): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64'));
  return new Float32Array(bytes.buffer);
}

/** Largest absolute difference; infinite where the lengths differ. */
export function distance(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  return a.reduce((most, value, i) => {
    const difference = Math.abs(value - b[i]!);
    return difference <= most ? most : difference;
  }, 0);
}
