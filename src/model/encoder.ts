import { floats, GraphBuilder, tensor, type Runtime, type Session } from '../graph/index';
import { HIDDEN, rmsNorm } from '../graph/nn';
import { div, equal, matmul, max, mul, reduceSum, sqrt, unsqueeze, where } from '../graph/ops';
import { llamaBlock, rotationInputs } from './blocks';
import type { EncoderConfig } from './config';
import { EmbeddingTable } from './embeddingTable';
import { batchesWithin, packSequences } from './packing';
import { RotaryTable } from './rotary';
import { WeightBook } from './weightBook';
import type { WeightFiles } from './weightFiles';

/** Tokens per run: enough to keep the matrix products busy, few enough that attention across sequences costs little. */
const BATCH_TOKENS = 256;

/** Sentence encoder: bidirectional Llama blocks, mean over tokens, projection, unit length. */
export class Encoder {
  private readonly rotary: RotaryTable;

  private constructor(
    private readonly config: EncoderConfig,
    private readonly session: Session,
    private readonly table: EmbeddingTable,
  ) {
    this.rotary = new RotaryTable(config.headDim, config.ropeTheta);
  }

  static async open(config: EncoderConfig, files: WeightFiles, runtime: Runtime, threads?: number): Promise<Encoder> {
    const book = encoderGraph(config, files);
    const weights = await book.load();
    const session = await runtime.createSession(book.builder.build(), { weights, ...(threads ? { threads } : {}) });
    const table = new EmbeddingTable(await files.readRaw('encoder.embed_tokens.weight'), config.hiddenSize);
    return new Encoder(config, session, table);
  }

  /** Embeddings [n, e] of token sequences, none of them empty; tokens beyond the encoder's limit are not read. */
  async embed(sequences: readonly (readonly number[])[]): Promise<Float32Array> {
    const { embeddingSize, maxTokens } = this.config;
    const cut = sequences.map((sequence) => sequence.slice(0, maxTokens));
    // Sequences of like length share a run.
    const order = cut.map((_, index) => index).sort((a, b) => cut[a]!.length - cut[b]!.length || a - b);
    const batches = batchesWithin(
      order.map((index) => cut[index]!.length),
      BATCH_TOKENS,
    );
    const embeddings = new Float32Array(cut.length * embeddingSize);
    for (const batch of batches) {
      const members = batch.map((place) => order[place]!);
      const rows = await this.run(members.map((index) => cut[index]!));
      members.forEach((index, row) =>
        embeddings.set(rows.subarray(row * embeddingSize, (row + 1) * embeddingSize), index * embeddingSize),
      );
    }
    return embeddings;
  }

  async dispose(): Promise<void> {
    await this.session.dispose();
  }

  private async run(sequences: readonly (readonly number[])[]): Promise<Float32Array> {
    const { headDim, hiddenSize } = this.config;
    const { tokens, sequence, cos, sin, pool } = packSequences(sequences, this.rotary, headDim);
    const total = tokens.length;
    const outputs = await this.session.run({
      x: tensor('float32', this.table.lookUp(tokens), [total, hiddenSize]),
      cos: tensor('float32', cos, [total, headDim]),
      sin: tensor('float32', sin, [total, headDim]),
      sequence: tensor('int32', sequence, [total]),
      pool: tensor('float32', pool, [sequences.length, total]),
    });
    return floats(outputs, 'embeddings');
  }
}

/** Rows of embedded tokens x [T, d] of several sequences → unit vectors [U, e]. */
function encoderGraph(c: EncoderConfig, files: WeightFiles): WeightBook {
  const book = new WeightBook(new GraphBuilder('encoder'), files);
  const { builder } = book;
  let x = builder.input('x', 'float32', ['T', c.hiddenSize]);
  const rotation = rotationInputs(book, c.headDim);
  const sequence = builder.input('sequence', 'int32', ['T']);
  const pool = builder.input('pool', 'float32', ['U', 'T']);
  // Tokens see those of their own sequence.
  const together = equal(unsqueeze(sequence, [1]), unsqueeze(sequence, [0]));
  const mask = where(together, builder.scalar('float32', 0), builder.scalar('float32', HIDDEN));
  for (let i = 0; i < c.layers; i++) {
    x = llamaBlock(book, c, `encoder.layers.${i}`, x, rotation, { attention: { mask } }).x;
  }
  const normed = rmsNorm(x, book.tensor('encoder.norm.weight', [c.hiddenSize]), c.rmsNormEps);
  const projected = book.linear(matmul(pool, normed), 'encoder.projection.weight', [c.embeddingSize, c.hiddenSize]);
  const length = sqrt(reduceSum(mul(projected, projected), [-1]));
  builder.output('embeddings', div(projected, max(length, 1e-12)));
  return book;
}
