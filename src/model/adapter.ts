import { floats, GraphBuilder, tensor, type Runtime, type Session, type Value } from '../graph/index';
import { concat, gemm, matmul } from '../graph/ops';
import { adaptedLayers, type ModelConfig } from './config';
import { WeightBook } from './weightBook';
import type { WeightFiles } from './weightFiles';
import type { WeightSource } from './weightSource';

/**
 * What feeds the plan into the LM: each adapted layer has a table of one vector per label, codebook × weightᵀ + bias [K, d], and a
 * mixture of labels picks its mixture of rows (arXiv 2404.00614 and 2410.12492). The tables stand side by side.
 */
export class Adapter {
  private constructor(
    private readonly labels: number,
    private readonly session: Session,
  ) {}

  static async open(config: ModelConfig, files: WeightFiles, runtime: Runtime, threads?: number): Promise<Adapter> {
    const book = new WeightBook(new GraphBuilder('adapter'), files);
    const { builder } = book;
    const mixtures = builder.input('mixtures', 'float32', ['M', config.labels.count]);
    // Nothing of them depends on an input: the run-time computes the tables when the session is made, and never again.
    const tables = concat(
      adaptedLayers(config).map((i) => labelTable(book, config, i)),
      1,
    );
    builder.output('vectors', matmul(mixtures, tables));
    const weights = await book.load();
    const session = await runtime.createSession(builder.build(), { weights, ...(threads ? { threads } : {}) });
    return new Adapter(config.labels.count, session);
  }

  /** Mixtures [m, K] → plan vectors [m, A·d]. */
  async vectors(mixtures: Float32Array): Promise<Float32Array> {
    const rows = mixtures.length / this.labels;
    if (!Number.isInteger(rows))
      throw new RangeError(`${mixtures.length} values are not mixtures of ${this.labels} labels.`);
    if (rows === 0) return new Float32Array(0);
    const outputs = await this.session.run({ mixtures: tensor('float32', mixtures, [rows, this.labels]) });
    return floats(outputs, 'vectors');
  }

  async dispose(): Promise<void> {
    await this.session.dispose();
  }
}

/** One adapted layer's vector for every label: codebook × weightᵀ + bias [K, d]. */
export function labelTable(book: WeightSource, { labels, adapter, lm }: ModelConfig, index: number): Value {
  const layer = `adapter.layers.${index}`;
  const codebook = book.tensor(`${layer}.codebook`, [labels.count, adapter.embeddingSize]);
  const weight = book.tensor(`${layer}.weight`, [lm.hiddenSize, adapter.embeddingSize]);
  return gemm(codebook, weight, book.tensor(`${layer}.bias`, [lm.hiddenSize]), { transB: true });
}
