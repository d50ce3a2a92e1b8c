import { UNIT_KINDS } from '../text/units';
import { ModelError } from './errors';
import { Fields } from './fields';

/** What all Llama-style stacks of blocks share. */
export interface BlockConfig {
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly layers: number;
  readonly heads: number;
  /** Heads of keys and values; a divisor of `heads` (grouped-query attention). */
  readonly kvHeads: number;
  /** Even, for the rotation pairs dimensions. */
  readonly headDim: number;
  readonly ropeTheta: number;
  readonly rmsNormEps: number;
  /** RMSNorm over each query and key head before the rotation, as in Qwen3. */
  readonly qkNorm: boolean;
}

export interface LmConfig extends BlockConfig {
  readonly vocabSize: number;
  readonly maxPositions: number;
  /** The output head is the embedding table; otherwise `lm_head.weight`. */
  readonly tiedEmbeddings: boolean;
}

export interface EncoderConfig extends BlockConfig {
  readonly vocabSize: number;
  /** A unit's tokens beyond this many are not read. */
  readonly maxTokens: number;
  readonly embeddingSize: number;
}

export interface LabelsConfig {
  readonly count: number;
  /** Whether a running mean of the document's embeddings is taken off before the nearest centroid is sought. */
  readonly centering: 'none' | 'document';
  /** How many units the global mean counts for in that running mean. */
  readonly priorWeight: number;
}

export interface PlannerConfig extends BlockConfig {
  /** How many units a position sees, itself included. */
  readonly window: number;
  /** Labels predicted ahead: t+1 … t+steps. */
  readonly steps: number;
  readonly kinds: number;
  readonly temperature: number;
}

export interface AdapterConfig {
  /** The first LM layer that is conditioned on the plan. */
  readonly firstLayer: number;
  readonly embeddingSize: number;
  readonly fixedLabel: number;
}

export interface ModelConfig {
  readonly name: string;
  readonly lm: LmConfig;
  readonly encoder: EncoderConfig;
  readonly labels: LabelsConfig;
  readonly planner: PlannerConfig;
  readonly adapter: AdapterConfig;
}

/** Bounds beyond which a value is a mistake rather than a model: they keep a broken config from asking for terabytes. */
const MOST = {
  vocab: 1 << 20,
  hidden: 1 << 14,
  layers: 256,
  heads: 256,
  headDim: 512,
  positions: 1 << 20,
  labels: 1 << 16,
  /** Numbers in the adapter's tables: half a gigabyte. They are computed, so that small files can ask for them. */
  tables: 1 << 27,
};
/** With fewer positions there is no room for a text and its continuation. */
const LEAST_POSITIONS = 16;

const SUPPORTED_LMS = ['llama', 'mistral', 'smollm', 'qwen3'] as const;

function blocks(fields: Fields, qkNorm: boolean): BlockConfig {
  const hiddenSize = fields.integer('hidden_size', 1, MOST.hidden);
  const heads = fields.integer('num_attention_heads', 1, MOST.heads);
  const kvHeads = fields.integer('num_key_value_heads', 1, heads, heads);
  if (heads % kvHeads !== 0) {
    throw fields.error('num_key_value_heads', `must divide num_attention_heads (${heads}), is ${kvHeads}`);
  }
  if (!fields.has('head_dim') && hiddenSize % heads !== 0) {
    throw fields.error('hidden_size', `must be a multiple of num_attention_heads (${heads}), is ${hiddenSize}`);
  }
  const headDim = fields.integer('head_dim', 2, MOST.headDim, hiddenSize / heads);
  if (headDim % 2 !== 0) throw fields.error('head_dim', `must be even, is ${headDim}`);
  return {
    hiddenSize,
    intermediateSize: fields.integer('intermediate_size', 1, 4 * MOST.hidden),
    layers: fields.integer('num_hidden_layers', 1, MOST.layers),
    heads,
    kvHeads,
    headDim,
    ropeTheta: ropeTheta(fields),
    rmsNormEps: fields.number('rms_norm_eps', 1e-12, 1e-1, 1e-5),
    qkNorm,
  };
}

/** Newer Hugging Face configs keep the base of the rotation in `rope_parameters`. */
function ropeTheta(fields: Fields): number {
  const home = fields.has('rope_parameters') ? fields.object('rope_parameters') : fields;
  return home.number('rope_theta', 1, 1e9, 10000);
}

/** The LM's part of config.json: Hugging Face's names for a Llama-style decoder. */
export function parseLmConfig(value: unknown, file: string, path = ''): LmConfig {
  const fields = Fields.of(value, file, path);
  const type = fields.string('model_type', 'llama');
  if (!SUPPORTED_LMS.some((supported) => supported === type)) {
    throw new ModelError('unsupported', file, `language models of type ${type} cannot be read`, 'model_type');
  }
  refuseUnsupported(fields);
  return {
    ...blocks(fields, fields.boolean('qk_norm', type === 'qwen3')),
    vocabSize: fields.integer('vocab_size', 1, MOST.vocab),
    maxPositions: fields.integer('max_position_embeddings', LEAST_POSITIONS, MOST.positions),
    tiedEmbeddings: fields.boolean('tie_word_embeddings', false),
  };
}

/** Variants of the family that would be computed wrongly are refused, not ignored. */
function refuseUnsupported(fields: Fields): void {
  for (const bias of ['attention_bias', 'mlp_bias']) {
    if (fields.boolean(bias, false)) {
      throw new ModelError('unsupported', fields.file, 'biases in the linear layers cannot be read', bias);
    }
  }
  const activation = fields.string('hidden_act', 'silu');
  if (activation !== 'silu') {
    throw new ModelError('unsupported', fields.file, `the activation ${activation} cannot be computed`, 'hidden_act');
  }
  const scaled = fields.has('rope_scaling') ? fields.object('rope_scaling') : undefined;
  const ropeType = fields.has('rope_parameters')
    ? fields.object('rope_parameters').string('rope_type', 'default')
    : (scaled?.string('rope_type', 'scaled') ?? 'default');
  if (ropeType !== 'default') {
    throw new ModelError(
      'unsupported',
      fields.file,
      `the rotation's scaling ${ropeType} cannot be computed`,
      'rope_scaling',
    );
  }
  if (fields.has('sliding_window') && fields.boolean('use_sliding_window', true)) {
    throw new ModelError('unsupported', fields.file, 'sliding-window attention cannot be computed', 'sliding_window');
  }
}

/** True for a Planwright model's config.json, false for a plain Hugging Face language model's. */
export function isPlannerLmConfig(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'format' in value;
}

/**
 * A Planwright model's config.json.
 * @throws {ModelError} naming the field that is missing, of the wrong type, out of bounds or at odds with another
 */
export function parseModelConfig(value: unknown, file: string): ModelConfig {
  const fields = Fields.of(value, file);
  fields.choice('format', ['planwright']);
  fields.integer('version', 1, 1);
  const config: ModelConfig = {
    name: fields.string('name'),
    lm: parseLmConfig(fields.raw('lm'), file, 'lm'),
    encoder: parseEncoder(fields.object('encoder')),
    labels: parseLabels(fields.object('labels')),
    planner: parsePlanner(fields.object('planner')),
    adapter: parseAdapter(fields.object('adapter')),
  };
  const { lm, encoder, labels, adapter } = config;
  if (encoder.vocabSize !== lm.vocabSize) {
    throw fields.error('encoder.vocab_size', `must equal lm.vocab_size (${lm.vocabSize}), is ${encoder.vocabSize}`);
  }
  if (adapter.firstLayer >= lm.layers) {
    throw fields.error(
      'adapter.first_layer',
      `must be below lm.num_hidden_layers (${lm.layers}), is ${adapter.firstLayer}`,
    );
  }
  if (adapter.fixedLabel >= labels.count) {
    throw fields.error('adapter.fixed_label', `must be below labels.count (${labels.count}), is ${adapter.fixedLabel}`);
  }
  const adapted = lm.layers - adapter.firstLayer;
  if (labels.count * adapted * lm.hiddenSize > MOST.tables) {
    throw fields.error(
      'labels.count',
      `times ${adapted} adapted layers times lm.hidden_size (${lm.hiddenSize}) must be at most ${MOST.tables}, and there are ${labels.count} labels`,
    );
  }
  return config;
}

function parseEncoder(fields: Fields): EncoderConfig {
  return {
    ...blocks(fields, fields.boolean('qk_norm', false)),
    vocabSize: fields.integer('vocab_size', 1, MOST.vocab),
    maxTokens: fields.integer('max_tokens', 1, 4096),
    embeddingSize: fields.integer('embedding_size', 1, MOST.hidden),
  };
}

function parseLabels(fields: Fields): LabelsConfig {
  return {
    count: fields.integer('count', 2, MOST.labels),
    centering: fields.choice('centering', ['none', 'document']),
    priorWeight: fields.number('prior_weight', 0, 1e6, 8),
  };
}

function parsePlanner(fields: Fields): PlannerConfig {
  return {
    ...blocks(fields, fields.boolean('qk_norm', false)),
    window: fields.integer('window', 1, 4096),
    steps: fields.integer('steps', 1, 16),
    kinds: fields.integer('kinds', UNIT_KINDS.length, 256),
    temperature: fields.number('temperature', 1e-3, 1e3, 1),
  };
}

function parseAdapter(fields: Fields): AdapterConfig {
  return {
    firstLayer: fields.integer('first_layer', 0, MOST.layers),
    embeddingSize: fields.integer('embedding_size', 1, MOST.hidden),
    fixedLabel: fields.integer('fixed_label', 0, MOST.labels, 0),
  };
}

/** Layers of the LM that the plan enters, in order. */
export function adaptedLayers(config: ModelConfig): number[] {
  return Array.from({ length: config.lm.layers - config.adapter.firstLayer }, (_, i) => config.adapter.firstLayer + i);
}
