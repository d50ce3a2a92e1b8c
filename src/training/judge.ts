import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openModel } from '../model/openModel';
import type { PlannerLM } from '../model/plannerLm';
import { composeModel } from './composeModel';
import type { Measures } from './jobTypes';
import { examplePlaces, measure, writeOn, type ExamplePlace } from './measure';
import type { ModelCard } from './modelCard';
import { saveModelFile } from './modelFile';
import type { ModelConfig } from '../model/config';
import type { Tensors } from './checkpoint';

/** What both models are measured on for the report: enough to tell them apart, little enough to wait for. */
const MEASURED_TOKENS = 16_000;
export const MEASURED_DOCUMENTS = 12;
const TYPED_SENTENCES = 2;
const EXAMPLES = 10;

/** The held-out texts, and the places in them, that the models before and after are compared on. */
export interface Yardstick {
  readonly texts: readonly string[];
  readonly places: readonly ExamplePlace[];
  readonly seed: number;
}

/** How a model does by it. */
export interface Judgement {
  readonly measures: Measures;
  /** How it goes on at each of the places. */
  readonly written: readonly string[];
}

export interface JudgeOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
  /** Perplexity and planner alone: what decides. */
  readonly quick?: boolean;
}

export function yardstickOf(heldOut: readonly string[], seed: number): Yardstick {
  const texts = heldOut.slice(0, MEASURED_DOCUMENTS);
  return { texts, places: examplePlaces(texts, EXAMPLES, seed), seed };
}

/** @throws {CancelledError} */
export async function judge(
  model: PlannerLM,
  { texts, places, seed }: Yardstick,
  { quick = false, ...rest }: JudgeOptions = {},
): Promise<Judgement> {
  const measures = await measure(model, texts, {
    maxTokens: MEASURED_TOKENS,
    spans: quick ? 0 : TYPED_SENTENCES,
    seed,
    ...rest,
  });
  return { measures, written: quick ? [] : await writeOn(model, places, rest.signal) };
}

/**
 * Judges weights that are not adopted yet as the editor would open them: rounded, in a model folder of their own that is deleted again.
 * @param folder for that folder and its file
 */
export async function judgeCandidate<T>(
  { folder, base, card, config, tensors }: CandidatePlace,
  openOptions: { readonly threads?: number },
  work: (model: PlannerLM) => Promise<T>,
): Promise<T> {
  const file = join(folder, 'candidate.safetensors');
  const composed = join(folder, 'candidate');
  try {
    await saveModelFile(file, card, config, tensors);
    await composeModel(base, file, composed);
    return await withModelOf(composed, openOptions, work);
  } finally {
    await rm(composed, { recursive: true, force: true }).catch(() => undefined);
    await rm(file, { force: true }).catch(() => undefined);
  }
}

/**
 * Opens a model folder for a piece of work and closes the model afterwards, whatever happens. Weights are held as float32, in whatever form they are stored: what
 * is compared is to differ in nothing but its weights.
 */
export async function withModelOf<T>(
  folder: string,
  openOptions: { readonly threads?: number },
  work: (model: PlannerLM) => Promise<T>,
): Promise<T> {
  const model = await openModel(folder, { ...openOptions, weights: 'float32' });
  try {
    return await work(model);
  } finally {
    await model.close();
  }
}

export interface CandidatePlace {
  readonly folder: string;
  readonly base: string;
  readonly card: ModelCard;
  readonly config: ModelConfig;
  readonly tensors: Tensors;
}
