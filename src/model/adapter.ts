import { floats, GraphBuilder, tensor, type Runtime, type Session, type Value } from '../graph/index';
import { concat, gemm, matmul } from '../graph/ops';
import { adaptedLayers, type ModelConfig } from './config';
import { WeightBook } from './weightBook';
import type { WeightFiles } from './weightFiles';
import type { WeightSource } from './weightSource';

const NAME = 'tables';

/**
 * What feeds the plan into the LM: each adapted layer has a table of one vector per label, codebook × weightᵀ + bias [K, d], and a
 * mixture of labels picks its mixture of rows (arXiv 2404.00614 and 2410.12492). The tables are computed once, side by side.
 */
export class Adapter {
  private constructor(
    private readonly labels: number,
    private readonly session: Session,
  ) {}

  static async open(config: ModelConfig, files: WeightFiles, runtime: Runtime, threads?: number): Promise<Adapter> {
    const width = adaptedLayers(config).length * config.lm.hiddenSize;
    const tables = await computeTables(config, files, runtime);
    const builder = new GraphBuilder('adapter');
    const mixtures = builder.input('mixtures', 'float32', ['M', config.labels.count]);
    builder.output('vectors', matmul(mixtures, builder.weight(NAME, 'float32', [config.labels.count, width])));
    const session = await runtime.createSession(builder.build(), {
      weights: new Map([[NAME, tables]]),
      ...(threads ? { threads } : {}),
    });
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

/** The tables of all adapted layers side by side [K, A·d]. */
async function computeTables(config: ModelConfig, files: WeightFiles, runtime: Runtime): Promise<Float32Array> {
  const book = new WeightBook(new GraphBuilder('adapter tables'), files);
  const tables = adaptedLayers(config).map((i) => labelTable(book, config, i));
  book.builder.output(NAME, concat(tables, 1));
  // Run once: laying the weights out anew would cost more than it saves.
  const session = await runtime.createSession(book.builder.build(), {
    weights: await book.load(),
    prepack: false,
  });
  try {
    return floats(await session.run({}), NAME);
  } finally {
    await session.dispose();
  }
}
