import { floats, GraphBuilder, tensor, type Runtime, type Session } from '../graph/index';
import { causalMask } from '../graph/nn';
import { gather, softmax } from '../graph/ops';
import { rotationInputs } from './blocks';
import type { ModelConfig } from './config';
import { plannerLogits, plannerRows } from './plannerLayers';
import { RotaryTable } from './rotary';
import { WeightBook } from './weightBook';
import type { WeightFiles } from './weightFiles';

/** Positions whose plan one run gives. A long document takes several runs, so that attention stays narrow. */
const RUN_POSITIONS = 256;

/**
 * The planner: from the units so far to the labels of the next ones. A position sees `window` positions, itself included, in each
 * layer, so what lies further back than layers·(window − 1) cannot matter and is left out: planning on after an edit costs the
 * new positions and that much context, however long the document is.
 */
export class Planner {
  private readonly rotary: RotaryTable;

  private constructor(
    private readonly config: ModelConfig,
    private readonly session: Session,
  ) {
    this.rotary = new RotaryTable(config.planner.headDim, config.planner.ropeTheta);
  }

  static async open(config: ModelConfig, files: WeightFiles, runtime: Runtime, threads?: number): Promise<Planner> {
    const book = plannerGraph(config, files);
    const weights = await book.load();
    const session = await runtime.createSession(book.builder.build(), { weights, ...(threads ? { threads } : {}) });
    return new Planner(config, session);
  }

  /**
   * Probabilities [n + 1 − from, steps, K] after `from` … n units.
   * @param embeddings [n, e]
   * @param kinds [n], indices into the planner's kinds
   */
  async plan(embeddings: Float32Array, kinds: Int32Array, from: number): Promise<Float32Array> {
    const { planner, labels, encoder } = this.config;
    const units = kinds.length;
    if (embeddings.length !== units * encoder.embeddingSize) {
      throw new RangeError(`${embeddings.length} values are not ${units} embeddings of ${encoder.embeddingSize}.`);
    }
    if (!(from >= 0 && from <= units)) throw new RangeError(`There is no position ${from} after ${units} units.`);
    const unknown = kinds.find((kind) => !(kind >= 0 && kind < planner.kinds));
    if (unknown !== undefined) throw new RangeError(`There is no kind ${unknown} among ${planner.kinds}.`);
    const reach = planner.layers * (planner.window - 1);
    const width = planner.steps * labels.count;
    const probabilities = new Float32Array((units + 1 - from) * width);
    for (let start = from; start <= units; start += RUN_POSITIONS) {
      const end = Math.min(start + RUN_POSITIONS, units + 1);
      const rows = await this.run(embeddings, kinds, Math.max(0, start - reach), start, end);
      probabilities.set(rows, (start - from) * width);
    }
    return probabilities;
  }

  async dispose(): Promise<void> {
    await this.session.dispose();
  }

  /** Plans of positions start … end − 1, computed over positions first … end − 1. Position p > 0 is unit p − 1. */
  private async run(
    embeddings: Float32Array,
    kinds: Int32Array,
    first: number,
    start: number,
    end: number,
  ): Promise<Float32Array> {
    const { planner: c, encoder } = this.config;
    const e = encoder.embeddingSize;
    const total = end - first;
    // Position 0 has no unit: its row stays empty, and the graph puts the learned start there.
    const skip = first === 0 ? 1 : 0;
    const vectors = new Float32Array(total * e);
    vectors.set(embeddings.subarray((first + skip - 1) * e, (end - 1) * e), skip * e);
    const rowKinds = new Int32Array(total);
    rowKinds.set(kinds.subarray(first + skip - 1, end - 1), skip);
    const isStart = new Uint8Array(total);
    if (skip === 1) isStart[0] = 1;
    // The rotation is relative: rows may be numbered from the first of the run.
    const { cos, sin } = this.rotary.rows(0, total);
    const outputs = await this.session.run({
      embeddings: tensor('float32', vectors, [total, e]),
      kinds: tensor('int32', rowKinds, [total]),
      isStart: tensor('bool', isStart, [total, 1]),
      cos: tensor('float32', cos, [total, c.headDim]),
      sin: tensor('float32', sin, [total, c.headDim]),
      wanted: tensor(
        'int32',
        Int32Array.from({ length: end - start }, (_, i) => start - first + i),
        [end - start],
      ),
    });
    return floats(outputs, 'probabilities');
  }
}

function plannerGraph(config: ModelConfig, files: WeightFiles): WeightBook {
  const { planner: c, encoder } = config;
  const book = new WeightBook(new GraphBuilder('planner'), files);
  const { builder } = book;
  const embeddings = builder.input('embeddings', 'float32', ['T', encoder.embeddingSize]);
  const kinds = builder.input('kinds', 'int32', ['T']);
  const isStart = builder.input('isStart', 'bool', ['T', 1]);
  const rotation = rotationInputs(book, c.headDim);
  const wanted = builder.input('wanted', 'int32', ['R']);
  const mask = causalMask(embeddings, 0, c.window);
  const rows = plannerRows(book, config, { embeddings, kinds, isStart }, rotation, { attention: { mask } });
  builder.output('probabilities', softmax(plannerLogits(book, config, gather(rows, wanted))));
  return book;
}
