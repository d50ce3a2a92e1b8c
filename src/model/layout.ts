import { adaptedLayers, type BlockConfig, type LmConfig, type ModelConfig } from './config';

/** Names and shapes of the tensors that one weight file must hold. */
export type Layout = ReadonlyMap<string, readonly number[]>;

/** The parts of a model folder that are safetensors files. */
export type WeightPart = 'encoder' | 'planner' | 'codebook' | 'lm' | 'adapter';

/** Hugging Face's names for a stack of Llama blocks under a prefix. Linear weights are [out, in]. */
function* blockTensors(prefix: string, c: BlockConfig): Generator<[string, readonly number[]]> {
  const d = c.hiddenSize;
  for (let i = 0; i < c.layers; i++) {
    const layer = `${prefix}.layers.${i}`;
    yield [`${layer}.self_attn.q_proj.weight`, [c.heads * c.headDim, d]];
    yield [`${layer}.self_attn.k_proj.weight`, [c.kvHeads * c.headDim, d]];
    yield [`${layer}.self_attn.v_proj.weight`, [c.kvHeads * c.headDim, d]];
    yield [`${layer}.self_attn.o_proj.weight`, [d, c.heads * c.headDim]];
    if (c.qkNorm) {
      yield [`${layer}.self_attn.q_norm.weight`, [c.headDim]];
      yield [`${layer}.self_attn.k_norm.weight`, [c.headDim]];
    }
    yield [`${layer}.mlp.gate_proj.weight`, [c.intermediateSize, d]];
    yield [`${layer}.mlp.up_proj.weight`, [c.intermediateSize, d]];
    yield [`${layer}.mlp.down_proj.weight`, [d, c.intermediateSize]];
    yield [`${layer}.input_layernorm.weight`, [d]];
    yield [`${layer}.post_attention_layernorm.weight`, [d]];
  }
  yield [`${prefix}.norm.weight`, [d]];
}

export function lmLayout(c: LmConfig): Layout {
  return new Map([
    ['model.embed_tokens.weight', [c.vocabSize, c.hiddenSize]],
    ...blockTensors('model', c),
    ...(c.tiedEmbeddings ? [] : [['lm_head.weight', [c.vocabSize, c.hiddenSize]] as const]),
  ]);
}

function encoderLayout({ encoder: c }: ModelConfig): Layout {
  return new Map([
    ['encoder.embed_tokens.weight', [c.vocabSize, c.hiddenSize]],
    ...blockTensors('encoder', c),
    ['encoder.projection.weight', [c.embeddingSize, c.hiddenSize]],
  ]);
}

function plannerLayout({ planner: c, encoder, labels }: ModelConfig): Layout {
  const heads = Array.from({ length: c.steps }, (_, s) => `planner.heads.${s}`);
  return new Map([
    ['planner.start', [c.hiddenSize]],
    ['planner.input.weight', [c.hiddenSize, encoder.embeddingSize]],
    ['planner.input.bias', [c.hiddenSize]],
    ['planner.kinds.weight', [c.kinds, c.hiddenSize]],
    ...blockTensors('planner', c),
    ...heads.flatMap((head): [string, readonly number[]][] => [
      [`${head}.weight`, [labels.count, c.hiddenSize]],
      [`${head}.bias`, [labels.count]],
    ]),
  ]);
}

function codebookLayout({ labels, encoder }: ModelConfig): Layout {
  return new Map([
    ['codebook.centroids', [labels.count, encoder.embeddingSize]],
    ['codebook.mean', [encoder.embeddingSize]],
  ]);
}

function adapterLayout(config: ModelConfig): Layout {
  const { labels, adapter, lm } = config;
  return new Map(
    adaptedLayers(config).flatMap((i): [string, readonly number[]][] => [
      [`adapter.layers.${i}.codebook`, [labels.count, adapter.embeddingSize]],
      [`adapter.layers.${i}.weight`, [lm.hiddenSize, adapter.embeddingSize]],
      [`adapter.layers.${i}.bias`, [lm.hiddenSize]],
    ]),
  );
}

/** The layouts of all weight files of a Planwright model. */
export function modelLayout(config: ModelConfig): Record<WeightPart, Layout> {
  return {
    encoder: encoderLayout(config),
    planner: plannerLayout(config),
    codebook: codebookLayout(config),
    lm: lmLayout(config.lm),
    adapter: adapterLayout(config),
  };
}
