import type { PlannerLM } from '../../model/plannerLm';
import { TrainingError } from '../errors';
import type { PreparedDocument } from './prepared';
import {
  drawnWindow,
  heldOutWindows,
  sizeOf,
  windowSource,
  type Window,
  type WindowShape,
  type WindowSource,
} from './windows';

/** Sizes of a batch: B rows, T tokens, U positions of the planner, of which `view` are units before the window. */
export interface BatchShape extends WindowShape {
  readonly batch: number;
}

/** What a batch needs to know of the model. */
export interface BatchModel {
  readonly endOfText: number;
  readonly embeddingSize: number;
  /** How many units ahead the planner predicts. */
  readonly steps: number;
}

export function batchModel({ config, tokenizer }: Pick<PlannerLM, 'config' | 'tokenizer'>): BatchModel {
  return {
    endOfText: tokenizer.endOfText,
    embeddingSize: config.encoder.embeddingSize,
    steps: config.planner.steps,
  };
}

/**
 * One step's rows, row-major. Position p of a row has read the units before unit v + p of the document and predicts that one (as in Planner), v
 * being the row's first unit. What is not there is 0.
 */
export interface Batch {
  /** [B, T] end-of-text, then the window's tokens but the last. */
  readonly tokens: Int32Array;
  /** [B, T] */
  readonly targets: Int32Array;
  /** [B, T] 1 where the target counts. */
  readonly targetWeights: Float32Array;
  /** [B, T] position whose plan conditions the prediction of the target. */
  readonly unitOf: Int32Array;
  /** [B, U, e] of the unit before the one that the position predicts. */
  readonly embeddings: Float32Array;
  /** [B, U] of that unit. */
  readonly kinds: Int32Array;
  /** [B, U, 1] 1 where there is no unit before: the document's start. */
  readonly isStart: Uint8Array;
  /** [B, U, steps] labels of units v + p, v + p + 1, … */
  readonly labels: Int32Array;
  /** [B, U, steps] 1 where that unit is one of the row's, and counts. */
  readonly labelWeights: Float32Array;
}

export interface TrainingBatchOptions {
  readonly documents: readonly PreparedDocument[];
  /** General text, mixed in against forgetting. */
  readonly replay?: readonly PreparedDocument[];
  /** Share of the rows that are replay, in [0, 1). */
  readonly replayShare?: number;
  readonly shape: BatchShape;
  readonly seed: number;
  readonly model: BatchModel;
}

/**
 * Batches to train on, as many as are asked for. A batch depends on the seed and its step alone: a run that was cut off goes on with the same
 * batches, and nothing but the step has to be kept for it.
 */
export class TrainingBatches {
  private readonly own: WindowSource;
  private readonly replay: WindowSource;
  private readonly replayShare: number;

  /** @throws {TrainingError} kind 'no-text' where there is nothing to train on */
  constructor(private readonly options: TrainingBatchOptions) {
    checkShape(options.shape);
    const { documents, replay = [], replayShare = 0 } = options;
    if (!(replayShare >= 0 && replayShare < 1)) throw new RangeError(`${replayShare} is not a share of the rows.`);
    this.own = windowSource(documents);
    this.replay = windowSource(replay);
    this.replayShare = sizeOf(this.replay) > 0 ? replayShare : 0;
    if (sizeOf(this.own) === 0) {
      throw new TrainingError(
        'no-text',
        'There is no text to learn from. Open a folder that holds Markdown documents.',
      );
    }
  }

  /** The batch of a step, from 0 on. */
  at(step: number): Batch {
    const { shape, seed, model } = this.options;
    const batch = emptyBatch(shape, model);
    for (let row = 0; row < shape.batch; row++) {
      // Of all rows up to any one, the share that are replay is as near to what was asked for as it can be.
      const place = step * shape.batch + row;
      const isReplay = Math.floor((place + 1) * this.replayShare) > Math.floor(place * this.replayShare);
      const source = isReplay ? this.replay : this.own;
      const { document, window } = drawnWindow(source, shape, 'window', seed, step, row);
      fillRow(batch, row, document, window, shape, model, window.firstUnit);
    }
    return batch;
  }
}

/**
 * Batches in which every scored token of the documents is predicted once, and no unit's label more than once. Windows in which nothing is scored
 * are left out. Rows that are left over are empty.
 */
export function* heldOutBatches(
  documents: readonly PreparedDocument[],
  shape: BatchShape,
  model: BatchModel,
): Generator<Batch, void> {
  checkShape(shape);
  let batch = emptyBatch(shape, model);
  let row = 0;
  for (const document of documents) {
    for (const window of heldOutWindows(document, shape)) {
      if (!document.scored.subarray(window.done, window.end).includes(1)) continue;
      fillRow(batch, row, document, window, shape, model, firstNewUnit(document, window));
      if (++row < shape.batch) continue;
      yield batch;
      batch = emptyBatch(shape, model);
      row = 0;
    }
  }
  if (row > 0) yield batch;
}

/** The first unit that conditions a token of [done, end) and none before. */
function firstNewUnit({ unitOf }: PreparedDocument, { done }: Window): number {
  return done === 0 ? 0 : unitOf[done - 1]! + 1;
}

function checkShape({ batch, length, units, view }: BatchShape): void {
  if (!(batch >= 1 && length >= 1 && view >= 0 && units > view)) {
    throw new RangeError(
      `A batch of ${batch} rows, ${length} tokens and ${units} units, ${view} of them before, cannot be.`,
    );
  }
}

export function emptyBatch(
  { batch: B, length: T, units: U }: BatchShape,
  { embeddingSize, steps }: Pick<BatchModel, 'embeddingSize' | 'steps'>,
): Batch {
  return {
    tokens: new Int32Array(B * T),
    targets: new Int32Array(B * T),
    targetWeights: new Float32Array(B * T),
    unitOf: new Int32Array(B * T),
    embeddings: new Float32Array(B * U * embeddingSize),
    kinds: new Int32Array(B * U),
    isStart: new Uint8Array(B * U),
    labels: new Int32Array(B * U * steps),
    labelWeights: new Float32Array(B * U * steps),
  };
}

/** Writes a window into a row. Labels count from unit `firstLabel` on. */
function fillRow(
  batch: Batch,
  row: number,
  document: PreparedDocument,
  { at, done, end, firstUnit }: Window,
  { length, units }: BatchShape,
  { endOfText, embeddingSize, steps }: BatchModel,
  firstLabel: number,
): void {
  const { tokens, unitOf, scored, embeddings, kinds, labels } = document;
  for (let t = at, i = row * length; t < end; t++, i++) {
    batch.tokens[i] = t === at ? endOfText : tokens[t - 1]!;
    batch.unitOf[i] = unitOf[t]! - firstUnit;
    if (t < done || scored[t] === 0) continue;
    batch.targets[i] = tokens[t]!;
    batch.targetWeights[i] = 1;
  }
  const lastUnit = unitOf[end - 1]!;
  for (let unit = firstUnit, p = row * units; unit <= lastUnit; unit++, p++) {
    if (unit === 0) {
      batch.isStart[p] = 1;
    } else {
      batch.embeddings.set(embeddings.subarray((unit - 1) * embeddingSize, unit * embeddingSize), p * embeddingSize);
      batch.kinds[p] = kinds[unit - 1]!;
    }
    for (let step = 0; step < steps && unit + step <= lastUnit; step++) {
      batch.labels[p * steps + step] = labels[unit + step]!;
      batch.labelWeights[p * steps + step] = unit >= firstLabel ? 1 : 0;
    }
  }
}
