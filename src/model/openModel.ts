import { join } from 'node:path';
import { bundledDevices, DeviceError, OnnxRuntime, type Runtime } from '../graph/index';
import { Tokenizer } from '../text/tokenizer';
import { Adapter } from './adapter';
import { adaptedLayers, isPlannerLmConfig, parseLmConfig, parseModelConfig, type ModelConfig } from './config';
import { Encoder } from './encoder';
import { ModelError } from './errors';
import { readJson, verifyFiles } from './folder';
import { HeadMajorCache, type Branches, type KVCache } from './kvCache';
import { LabelSet } from './labels';
import { lmLayout, modelLayout, type WeightPart } from './layout';
import { LanguageModel } from './lm';
import { labelDistances, observeLabels, type Codebook } from './observe';
import { Planner } from './planner';
import type { DeviceInfo, PlannerLM, WeightChoice, WeightFormat } from './plannerLm';
import { TokenTree } from './tokenTree';
import { WeightFiles } from './weightFiles';

export interface OpenOptions {
  /**
   * Default 'cpu'. 'auto' takes the GPU where there is one, else the CPU; it tries the GPU in this process, where a missing or
   * broken driver can bring the process down (some when it ends): try it in a process of its own first.
   */
  readonly device?: 'auto' | 'cpu' | 'webgpu';
  /** How the LM's linear layers are held. Default 'auto'. */
  readonly weights?: WeightChoice;
  /** CPU threads; the run-time's choice if not given. */
  readonly threads?: number;
  /** Check every file's SHA-256 before it is used. Sizes, shapes and numbers are checked in any case. Default false. */
  readonly verify?: boolean;
}

/**
 * Opens a Planwright model folder.
 * @throws {ModelError} naming the file (and field or tensor) that is missing, broken or at odds with another
 * @throws {DeviceError} where the device asked for cannot be used
 */
export async function openModel(folder: string, options: OpenOptions = {}): Promise<PlannerLM> {
  const configPath = join(folder, 'config.json');
  const configValue = await readJson(configPath);
  if (!isPlannerLmConfig(configValue)) {
    throw new ModelError('unsupported', configPath, 'is the config of a plain language model, without a planner');
  }
  const config = parseModelConfig(configValue, configPath);
  await verifyFiles(folder, options.verify ?? false);
  const labelsPath = join(folder, 'labels.json');
  const labels = LabelSet.parse(await readJson(labelsPath), labelsPath, config.labels.count);
  const layouts = modelLayout(config);
  return onDevice(options, async (runtime, device) => {
    const part = async <T>(name: WeightPart, open: (files: WeightFiles) => Promise<T>): Promise<T> => {
      const files = await WeightFiles.open(folder, name, layouts[name]);
      try {
        return await open(files);
      } finally {
        await files.close();
      }
    };
    const opened: { dispose(): Promise<void> }[] = [];
    const kept = async <T extends { dispose(): Promise<void> }>(
      name: WeightPart,
      open: (files: WeightFiles) => Promise<T>,
    ): Promise<T> => {
      const value = await part(name, open);
      opened.push(value);
      return value;
    };
    const { threads, weights = 'auto' } = options;
    // All begin at once: files are read while the tokenizer is made and while other parts are prepared.
    const parts = [
      part('codebook', readCodebook),
      kept('encoder', (files) => Encoder.open(config.encoder, files, runtime, threads)),
      kept('planner', (files) => Planner.open(config, files, runtime, threads)),
      kept('adapter', (files) => Adapter.open(config, files, runtime, threads)),
      kept('lm', (files) => LanguageModel.open(config.lm, adaptedLayers(config), files, runtime, { weights, threads })),
      openTokenizer(folder, config),
    ] as const;
    try {
      const [codebook, encoder, planner, adapter, lm, tokenizer] = await Promise.all(parts);
      return new OpenedModel({
        folder,
        config,
        labels,
        tokenizer,
        device,
        codebook,
        encoder,
        planner,
        adapter,
        lm,
      });
    } catch (error) {
      await Promise.allSettled(parts);
      await Promise.all(opened.map((each) => each.dispose()));
      throw error;
    }
  });
}

/**
 * Opens the language model of a folder by itself: a Planwright model's, or a plain Hugging Face Llama's with its
 * `model*.safetensors`. It takes no plan.
 */
export async function openLanguageModel(folder: string, options: OpenOptions = {}): Promise<LanguageModel> {
  const path = join(folder, 'config.json');
  const value = await readJson(path);
  const own = isPlannerLmConfig(value);
  const config = own ? parseModelConfig(value, path).lm : parseLmConfig(value, path);
  return onDevice(options, async (runtime) => {
    const files = await WeightFiles.open(folder, own ? 'lm' : 'model', lmLayout(config));
    try {
      return await LanguageModel.open(config, [], files, runtime, {
        weights: options.weights ?? 'auto',
        threads: options.threads,
      });
    } finally {
      await files.close();
    }
  });
}

/** Opens on the device asked for; 'auto' falls back to the CPU where the GPU turns out to be unusable. */
async function onDevice<T>(
  { device = 'cpu', threads }: OpenOptions,
  open: (runtime: Runtime, device: DeviceInfo) => Promise<T>,
): Promise<T> {
  const cpu: DeviceInfo = {
    kind: 'cpu',
    name: threads === undefined ? 'CPU' : `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
  };
  if (device === 'cpu' || (device === 'auto' && !bundledDevices().includes('webgpu'))) {
    return open(OnnxRuntime.open('cpu'), cpu);
  }
  try {
    return await open(OnnxRuntime.open('webgpu'), { kind: 'webgpu', name: 'GPU (WebGPU)' });
  } catch (error) {
    if (device === 'webgpu' || !(error instanceof DeviceError)) throw error;
    return open(OnnxRuntime.open('cpu'), cpu);
  }
}

async function openTokenizer(folder: string, config: ModelConfig): Promise<Tokenizer> {
  const path = join(folder, 'tokenizer.json');
  const value = await readJson(path);
  let tokenizer: Tokenizer;
  try {
    tokenizer = Tokenizer.open(value);
  } catch (error) {
    throw new ModelError('format', path, `is not a tokenizer that can be run (${(error as Error).message})`);
  }
  if (tokenizer.vocabSize > config.lm.vocabSize) {
    throw new ModelError('shape', path, `has ${tokenizer.vocabSize} tokens, the model ${config.lm.vocabSize}`);
  }
  return tokenizer;
}

async function readCodebook(files: WeightFiles): Promise<Codebook> {
  return { centroids: await files.read('codebook.centroids'), mean: await files.read('codebook.mean') };
}

interface Parts {
  readonly folder: string;
  readonly config: ModelConfig;
  readonly labels: LabelSet;
  readonly tokenizer: Tokenizer;
  readonly device: DeviceInfo;
  readonly codebook: Codebook;
  readonly encoder: Encoder;
  readonly planner: Planner;
  readonly adapter: Adapter;
  readonly lm: LanguageModel;
}

class OpenedModel implements PlannerLM {
  private closed = false;

  constructor(private readonly parts: Parts) {}

  get folder(): string {
    return this.parts.folder;
  }
  get config(): ModelConfig {
    return this.parts.config;
  }
  get labels(): LabelSet {
    return this.parts.labels;
  }
  get tokenizer(): Tokenizer {
    return this.parts.tokenizer;
  }
  get device(): DeviceInfo {
    return this.parts.device;
  }
  get weights(): WeightFormat {
    return this.parts.lm.weights;
  }

  async embed(texts: readonly string[]): Promise<Float32Array> {
    const { encoder, tokenizer } = this.open();
    return encoder.embed(
      texts.map((text) => {
        const { ids } = tokenizer.encode(text.trim());
        return ids.length > 0 ? ids : [tokenizer.endOfText];
      }),
    );
  }

  observe(embeddings: Float32Array, from = 0): Int32Array {
    const { codebook, config } = this.open();
    return observeLabels(embeddings, codebook, config.labels, from);
  }

  distances(embeddings: Float32Array): Float32Array {
    const { codebook, config } = this.open();
    return labelDistances(embeddings, codebook, config.labels);
  }

  async plan(embeddings: Float32Array, kinds: Int32Array, from = 0): Promise<Float32Array> {
    return this.open().planner.plan(embeddings, kinds, from);
  }

  async planVectors(mixtures: Float32Array): Promise<Float32Array> {
    return this.open().adapter.vectors(mixtures);
  }

  createCache(): KVCache {
    return this.open().lm.createCache();
  }

  async extend(
    cache: KVCache,
    tokens: readonly number[],
    plan: Float32Array,
    logits: 'last' | 'all',
  ): Promise<Float32Array> {
    if (!(cache instanceof HeadMajorCache)) throw new TypeError('The cache was not made by this model.');
    return this.open().lm.extend(cache, tokens, plan, logits);
  }

  branch(cache: KVCache, most: number): Branches {
    if (!(cache instanceof HeadMajorCache)) throw new TypeError('The cache was not made by this model.');
    return new TokenTree(this.open().lm, cache, most);
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    const { encoder, planner, adapter, lm } = this.parts;
    await Promise.all([encoder, planner, adapter, lm].map((part) => part.dispose()));
  }

  private open(): Parts {
    if (this.closed) throw new ModelError('closed', this.parts.folder, 'the model has been closed');
    return this.parts;
  }
}
