import { checkpointed, GraphError, stopGradient, type Value } from '../graph/index';
import { causalMask, crossEntropy, rmsNorm } from '../graph/nn';
import * as ops from '../graph/ops';
import { labelTable } from '../model/adapter';
import { llamaBlock, type Rotation } from '../model/blocks';
import { adaptedLayers, type ModelConfig } from '../model/config';
import { plannerLogits, plannerRows } from '../model/plannerLayers';
import { RotaryTable } from '../model/rotary';
import type { BatchShape } from './corpus/batches';
import type { ParameterBook } from './parameterBook';
import { readsPlanner, tunesPlanner, type TrainingRow } from './rows';

/** What a batch is compared with; all float32 scalars, in nats. */
export interface Losses {
  /** Mean over the scored tokens. */
  readonly lm: Value;
  /** Mean over the known labels of the next units, later ones weighing less; absent where the row does not read the planner. */
  readonly planner: Value | undefined;
  /** What is minimised: lm + plannerTerm · planner where the planner is tuned, else lm. */
  readonly total: Value;
}

export interface JointOptions {
  readonly row: TrainingRow;
  readonly shape: BatchShape;
  /** Weight of the planner's own cross-entropy in the joint loss (an alternative to delaying its tuning; arXiv 2410.12492). */
  readonly plannerTerm: number;
  /** Whether each block is computed again in the backward pass instead of being kept: less memory, a third more time. */
  readonly checkpointing: boolean;
}

/** What the labels t+1, t+2, … count in the planner's own loss: as in its training before the joint stage (models/recipe/planner.py). */
const STEP_WEIGHTS = [1, 0.3];
/** More blocks compute less of what is hidden, in smaller products. */
const CAUSAL_BLOCKS = 4;

/**
 * The joint step's forward pass: units → planner → mixture of label embeddings → adapter → LM → cross-entropy, all of it differentiable
 * (arXiv 2410.12492 section 3). Inputs of the graph are a Batch's arrays with B and T (or U) joined in one axis; `unitOf` counts over all B·U.
 */
export function jointLosses(book: ParameterBook, config: ModelConfig, options: JointOptions): Losses {
  const { builder } = book;
  const { lm: c, planner: p, encoder, labels } = config;
  const { batch: B, length: T, units: U } = options.shape;
  const rows = B * T;
  const positions = B * U;
  const tokens = builder.input('tokens', 'int32', [rows]);
  const targets = builder.input('targets', 'int32', [rows]);
  const targetWeights = builder.input('targetWeights', 'float32', [rows]);

  let planner: Value | undefined;
  let mixture: Value | undefined;
  if (readsPlanner(options.row)) {
    const reading = {
      embeddings: builder.input('embeddings', 'float32', [positions, encoder.embeddingSize]),
      kinds: builder.input('kinds', 'int32', [positions]),
      isStart: builder.input('isStart', 'bool', [positions, 1]),
    };
    const gold = builder.input('labels', 'int32', [positions * p.steps]);
    const goldWeights = builder.input('labelWeights', 'float32', [positions * p.steps]);
    const axis = rotationOf(book, p.headDim, p.ropeTheta, U);
    const mask = causalMask(axis.cos, 0, p.window);
    const hidden = plannerRows(book, config, reading, axis, { attention: { mask }, batch: B });
    const logits = plannerLogits(book, config, hidden);
    const all = ops.reshape(logits, [positions * p.steps, labels.count]);
    const stepWeights = Float32Array.from({ length: positions * p.steps }, (_, i) => {
      const step = i % p.steps;
      return STEP_WEIGHTS[Math.min(step, STEP_WEIGHTS.length - 1)]!;
    });
    const weights = ops.mul(goldWeights, builder.constant('float32', stepWeights, [positions * p.steps]));
    planner = crossEntropy(all, gold, weights);
    const first = ops.squeeze(ops.slice(logits, 1, 0, 1), [1]);
    const firstGold = ops.squeeze(ops.slice(ops.reshape(gold, [positions, p.steps]), 1, 0, 1), [1]);
    const firstKnown = ops.squeeze(ops.slice(ops.reshape(goldWeights, [positions, p.steps]), 1, 0, 1), [1]);
    mixture = mixtureOf(options.row, first, firstGold, firstKnown);
  }

  const adapted = options.row === 'none' ? [] : adaptedLayers(config);
  const unitOf = mixture === undefined ? undefined : builder.input('unitOf', 'int32', [rows]);
  const planOf = (layer: number): Value | undefined => {
    if (!adapted.includes(layer)) return undefined;
    const table = labelTable(book, config, layer);
    if (mixture !== undefined) return ops.gather(ops.matmul(mixture, table), unitOf!);
    // One vector for every row.
    return options.row === 'uniform' ? ops.reduceMean(table, [0]) : labelRow(table, config);
  };

  const rotation = rotationOf(book, c.headDim, c.ropeTheta, T);
  const attention = { mask: causalMask(rotation.cos, 0), causalBlocks: T % CAUSAL_BLOCKS === 0 ? CAUSAL_BLOCKS : 1 };
  const embedding = book.tensor('model.embed_tokens.weight', [c.vocabSize, c.hiddenSize]);
  let x = ops.gather(embedding, tokens);
  for (let i = 0; i < c.layers; i++) {
    const input = x;
    const body = (): Value =>
      llamaBlock(book, c, `model.layers.${i}`, input, rotation, { attention, plan: planOf(i), batch: B }).x;
    x = options.checkpointing ? checkpointed(builder, body) : body();
  }
  const normed = rmsNorm(x, book.tensor('model.norm.weight', [c.hiddenSize]), c.rmsNormEps);
  const head = c.tiedEmbeddings ? 'model.embed_tokens.weight' : 'lm_head.weight';
  const logits = book.linear(normed, head, [c.vocabSize, c.hiddenSize]);
  const lm = crossEntropy(logits, targets, targetWeights);
  const total =
    planner !== undefined && tunesPlanner(options.row) && options.plannerTerm > 0
      ? ops.add(lm, ops.mul(planner, options.plannerTerm))
      : lm;
  return { lm, planner, total };
}

/** Logits of the next unit's label [P, K] → what the LM is conditioned on [P, K]. */
function mixtureOf(row: TrainingRow, logits: Value, gold: Value, known: Value): Value {
  const soft = ops.softmax(logits);
  if (row === 'soft-joint') return soft;
  if (row === 'soft-frozen') return stopGradient(soft);
  const hard = stopGradient(oneHot(ops.argMax(logits), logits));
  switch (row) {
    case 'predicted':
      return hard;
    case 'straight-through':
      return ops.add(hard, ops.sub(soft, stopGradient(soft)));
    case 'oracle': {
      // Where the true label is not known, the most probable one.
      const isKnown = ops.unsqueeze(ops.greaterOrEqual(known, 0.5), [1]);
      return ops.where(isKnown, oneHot(gold, logits), hard);
    }
    default:
      throw new GraphError(`The row ${row} makes no mixture of the planner's labels.`);
  }
}

/** Indices [P] → [P, K], K as of `like`. */
function oneHot(indices: Value, like: Value): Value {
  const count = like.shape[1] as number;
  const all = like.builder.integers(Array.from({ length: count }, (_, i) => i));
  return ops.cast(ops.equal(ops.unsqueeze(ops.cast(indices, 'int64'), [1]), all), 'float32');
}

/** The constant label's row of a table [1, d]. */
function labelRow(table: Value, { adapter }: ModelConfig): Value {
  return ops.slice(table, 0, adapter.fixedLabel, adapter.fixedLabel + 1);
}

function rotationOf({ builder }: ParameterBook, headDim: number, theta: number, count: number): Rotation {
  const { cos, sin } = new RotaryTable(headDim, theta).rows(0, count);
  return {
    cos: builder.constant('float32', cos.slice(), [count, headDim]),
    sin: builder.constant('float32', sin.slice(), [count, headDim]),
  };
}
