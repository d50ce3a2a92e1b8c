import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseModelConfig } from '../../../src/model/config';
import type { Tensors } from '../../../src/training/checkpoint';
import type { Measures, TrainingMode } from '../../../src/training/jobTypes';
import type { ModelCard } from '../../../src/training/modelCard';
import { baseOf } from '../../../src/training/modelFile';
import { TINY_MODEL } from './reference';

const MEASURES: Measures = {
  perplexity: 30,
  bitsPerCharacter: 1.2,
  plannerTop1: 0.1,
  plannerTop5: 0.3,
  keystrokeSavings: 0.1,
  precision: 0.5,
};

const path = join(TINY_MODEL, 'config.json');
/** Of the tiny model. */
export const config = parseModelConfig(JSON.parse(readFileSync(path, 'utf8')), path);

export async function card(mode: TrainingMode = 'full'): Promise<ModelCard> {
  return {
    mode,
    createdAt: new Date().toISOString(),
    base: await baseOf(TINY_MODEL),
    lowRank: [],
    before: MEASURES,
    after: MEASURES,
  };
}

export const NORM = 'model.norm.weight';

/** A tuned model: one tensor, of one value. */
export function norm(value: number): Tensors {
  return new Map([[NORM, { data: new Float32Array(32).fill(value), shape: [32] }]]);
}
