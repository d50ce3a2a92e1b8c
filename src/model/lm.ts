import { floats, GraphBuilder, tensor, type Runtime, type Session, type Tensor, type Value } from '../graph/index';
import { perGroup, rmsNorm } from '../graph/nn';
import { concat, gather, reshape, slice } from '../graph/ops';
import { llamaBlock, rotationInputs } from './blocks';
import type { LmConfig } from './config';
import { EmbeddingTable } from './embeddingTable';
import { HeadMajorCache } from './kvCache';
import { lmLayout } from './layout';
import type { WeightChoice, WeightFormat } from './plannerLm';
import { RotaryTable } from './rotary';
import { visibleBefore, type Visibility } from './visibility';
import { WeightBook } from './weightBook';
import type { WeightFiles } from './weightFiles';

/** Tokens per run when many are appended: attention's scores stay small. */
const RUN_TOKENS = 512;

const EMBEDDINGS = 'model.embed_tokens.weight';

/**
 * The language model with its cache. One graph serves prefill and decoding (a graph for one token alone was not faster, and
 * would hold the weights twice): the cache is read where it lies, attention has two parts, the cache and the new tokens, under one
 * softmax, and only the logits and the new keys and values come out.
 */
export class LanguageModel {
  private readonly rotary: RotaryTable;

  private constructor(
    readonly config: LmConfig,
    readonly weights: WeightFormat,
    private readonly adapted: readonly number[],
    private readonly session: Session,
    private readonly table: EmbeddingTable,
  ) {
    this.rotary = new RotaryTable(config.headDim, config.ropeTheta);
  }

  /** @param adapted the layers that the plan enters */
  static async open(
    config: LmConfig,
    adapted: readonly number[],
    files: WeightFiles,
    runtime: Runtime,
    options: { readonly weights: WeightChoice; readonly threads?: number | undefined },
  ): Promise<LanguageModel> {
    const format = options.weights === 'auto' ? storedFormat(config, files) : options.weights;
    const book = lmGraph(config, adapted, files, format);
    const weights = await book.load();
    const session = await runtime.createSession(book.builder.build(), {
      weights,
      ...(options.threads ? { threads: options.threads } : {}),
    });
    return new LanguageModel(
      config,
      format,
      adapted,
      session,
      new EmbeddingTable(await files.readRaw(EMBEDDINGS), config.hiddenSize),
    );
  }

  /** Width of a token's plan vector: one vector of the hidden size for each adapted layer. */
  get planWidth(): number {
    return this.adapted.length * this.config.hiddenSize;
  }

  createCache(): HeadMajorCache {
    return new HeadMajorCache(this.config, this.config.maxPositions);
  }

  /**
   * Appends tokens to the cache.
   * @param plan [T, planWidth]
   * @returns logits [V] after the last token, or [T, V] after each
   * @throws {RangeError} for no tokens, more than fit, unknown ones, or a plan of another size; the cache is then unchanged
   * @throws {NoNumbersError} where a key or a value is not finite
   */
  async extend(
    cache: HeadMajorCache,
    tokens: readonly number[],
    plan: Float32Array,
    logits: 'last' | 'all',
  ): Promise<Float32Array> {
    const { vocabSize } = this.config;
    if (tokens.length === 0) throw new RangeError('There is no token to append.');
    if (plan.length !== tokens.length * this.planWidth) {
      throw new RangeError(
        `The plan of ${tokens.length} tokens is ${tokens.length * this.planWidth} values, not ${plan.length}.`,
      );
    }
    cache.assertRoom(tokens.length);
    const x = this.table.lookUp(tokens);
    if (tokens.length <= RUN_TOKENS) return this.run(cache, x, plan, tokens.length, logits);
    const all = new Float32Array(logits === 'all' ? tokens.length * vocabSize : vocabSize);
    for (let start = 0; start < tokens.length; start += RUN_TOKENS) {
      const end = Math.min(start + RUN_TOKENS, tokens.length);
      const rows = await this.run(
        cache,
        x.subarray(start * this.config.hiddenSize, end * this.config.hiddenSize),
        plan.subarray(start * this.planWidth, end * this.planWidth),
        end - start,
        logits,
      );
      all.set(rows, logits === 'all' ? start * vocabSize : 0);
    }
    return all;
  }

  async dispose(): Promise<void> {
    await this.session.dispose();
  }

  private async run(
    cache: HeadMajorCache,
    x: Float32Array,
    plan: Float32Array,
    count: number,
    logits: 'last' | 'all',
  ): Promise<Float32Array> {
    const own = visibleBefore(count, count, (row) => row + 1);
    const wanted = logits === 'last' ? Int32Array.of(count - 1) : Int32Array.from({ length: count }, (_, i) => i);
    return this.runRows(cache, { x, plan, ...this.rotary.rows(cache.length, count) }, wanted, {
      own,
      cached: visibleBefore(count, slotsOf(cache), () => cache.length),
    });
  }

  /**
   * Appends one row to the cache for each token of branches that grow from what it holds, each token seeing its own ancestors only.
   * @param positions of the tokens in their branches [T]
   * @returns logits after each [T, V]
   */
  async extendTree(
    cache: HeadMajorCache,
    tokens: readonly number[],
    plan: Float32Array,
    positions: readonly number[],
    sees: Visibility,
  ): Promise<Float32Array> {
    const count = tokens.length;
    const { headDim } = this.config;
    const cos = new Float32Array(count * headDim);
    const sin = new Float32Array(count * headDim);
    for (const [i, position] of positions.entries()) {
      const row = this.rotary.rows(position, 1);
      cos.set(row.cos, i * headDim);
      sin.set(row.sin, i * headDim);
    }
    const wanted = Int32Array.from({ length: count }, (_, i) => i);
    return this.runRows(cache, { x: this.table.lookUp(tokens), plan, cos, sin }, wanted, sees);
  }

  private async runRows(
    cache: HeadMajorCache,
    { x, plan, cos, sin }: { x: Float32Array; plan: Float32Array; cos: Float32Array; sin: Float32Array },
    wanted: Int32Array,
    sees: Visibility,
  ): Promise<Float32Array> {
    const { hiddenSize, headDim } = this.config;
    const count = x.length / hiddenSize;
    const outputs = await this.session.run({
      x: tensor('float32', x, [count, hiddenSize]),
      cos: tensor('float32', cos, [count, headDim]),
      sin: tensor('float32', sin, [count, headDim]),
      mask: tensor('float32', sees.own, [count, count]),
      cacheMask: tensor('float32', sees.cached, [count, slotsOf(cache)]),
      wanted: tensor('int32', wanted, [wanted.length]),
      ...(this.adapted.length === 0 ? {} : { plan: tensor('float32', plan, [count, this.planWidth]) }),
      ...this.cacheFeeds(cache),
    });
    cache.append(floats(outputs, 'newRows'), count);
    return floats(outputs, 'logits');
  }

  /** The cache's arrays as they lie; an empty cache is one slot that is masked out. */
  private cacheFeeds(cache: HeadMajorCache): Record<string, Tensor> {
    const { kvHeads, headDim, layers } = this.config;
    const slots = slotsOf(cache);
    const dims = [kvHeads, slots, headDim];
    const empty = new Float32Array(kvHeads * headDim);
    const feeds: Record<string, Tensor> = {};
    for (let i = 0; i < layers; i++) {
      feeds[`keys.${i}`] = tensor('float32', cache.length === 0 ? empty : cache.keys[i]!, dims);
      feeds[`values.${i}`] = tensor('float32', cache.length === 0 ? empty : cache.values[i]!, dims);
    }
    return feeds;
  }
}

/** The format in which nothing is lost of what the files have, and no memory spent on what they have not. */
function storedFormat(config: LmConfig, files: WeightFiles): WeightFormat {
  const matrices = [...lmLayout(config)].filter(([, shape]) => shape.length === 2).map(([name]) => name);
  return files.areOf('U8', matrices) ? 'int8' : 'float32';
}

/** Slots that the graph is shown of a cache. */
export function slotsOf(cache: HeadMajorCache): number {
  return cache.length === 0 ? 1 : cache.slots;
}

/**
 * Inputs: embedded tokens x [T, d]; cos, sin [T, D]; mask [T, T] and cacheMask [T, S], added to the scores; keys.i, values.i [N, S, D];
 * plan [T, A·d]; wanted [R], the rows that logits are asked for.
 * Outputs: logits [R, V]; newRows [2·layers, N, T, D], keys and values of layer 0, 1, ….
 */
function lmGraph(c: LmConfig, adapted: readonly number[], files: WeightFiles, format: WeightFormat): WeightBook {
  const book = new WeightBook(new GraphBuilder('lm'), files, format);
  const { builder } = book;
  const d = c.hiddenSize;
  let x = builder.input('x', 'float32', ['T', d]);
  const rotation = rotationInputs(book, c.headDim);
  const wanted = builder.input('wanted', 'int32', ['R']);
  const plan = adapted.length === 0 ? undefined : builder.input('plan', 'float32', ['T', adapted.length * d]);
  const cache = Array.from({ length: c.layers }, (_, i) => ({
    cachedKeys: builder.input(`keys.${i}`, 'float32', [c.kvHeads, 'S', c.headDim]),
    cachedValues: builder.input(`values.${i}`, 'float32', [c.kvHeads, 'S', c.headDim]),
  }));
  const own = builder.input('mask', 'float32', ['T', 'T']);
  const cached = builder.input('cacheMask', 'float32', ['T', 'S']);
  const mask = perGroup(concat([cached, own], 1), c.heads / c.kvHeads);
  const rows: Value[] = [];
  for (let i = 0; i < c.layers; i++) {
    const at = adapted.indexOf(i);
    const layerPlan = plan === undefined || at < 0 ? undefined : slice(plan, 1, at * d, (at + 1) * d);
    const attention = { mask, ...cache[i]! };
    const block = llamaBlock(book, c, `model.layers.${i}`, x, rotation, { attention, plan: layerPlan });
    x = block.x;
    rows.push(block.heads.key, block.heads.value);
  }
  const normed = rmsNorm(gather(x, wanted), book.tensor('model.norm.weight', [d]), c.rmsNormEps);
  const head = c.tiedEmbeddings ? EMBEDDINGS : 'lm_head.weight';
  builder.output('logits', book.linear(normed, head, [c.vocabSize, d]));
  builder.output('newRows', reshape(concat(rows, 0), [2 * c.layers, c.kvHeads, 'T', c.headDim]));
  return book;
}
