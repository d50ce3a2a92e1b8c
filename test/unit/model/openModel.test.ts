import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ModelError, NoNumbersError } from '../../../src/model/errors';
import { openLanguageModel, openModel } from '../../../src/model/openModel';
import { copyOf, modelError, rewrite, rewriteJson, storeInBytes, TINY_LLAMA, TINY_MODEL } from './folders';

const CPU = { device: 'cpu', threads: 1 } as const;

/** The ModelError that a broken copy of the tiny model is refused with. */
async function refusal(
  spoil: (folder: string) => void,
  verify = false,
): Promise<{ error: ModelError; folder: string }> {
  const folder = copyOf(TINY_MODEL);
  spoil(folder);
  return { error: await modelError(openModel(folder, { ...CPU, verify })), folder };
}

/** Where the bytes of a tensor start and end in a safetensors file. */
function place(bytes: Buffer, tensor: string): [number, number] {
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString('utf8')) as Record<
    string,
    { data_offsets: [number, number] }
  >;
  const [from, to] = header[tensor]!.data_offsets;
  return [8 + length + from, 8 + length + to];
}

describe('opening a broken model folder', () => {
  it('names a folder that is not there', async () => {
    const error = await modelError(openModel(join(TINY_MODEL, 'none'), CPU));
    expect(error).toMatchObject({ kind: 'missing', file: join(TINY_MODEL, 'none', 'config.json') });
    expect(error.message).toContain('Restore the file');
  });

  it.each([
    'config.json',
    'tokenizer.json',
    'labels.json',
    'checksums.json',
    'encoder.safetensors',
    'planner.safetensors',
    'codebook.safetensors',
    'lm.safetensors',
    'adapter.safetensors',
  ])('names %s when it is missing', async (name) => {
    const { error, folder } = await refusal((copy) => rmSync(join(copy, name)));
    expect(error).toMatchObject({ kind: 'missing', file: join(folder, name) });
  });

  it.each(['encoder', 'planner', 'codebook', 'lm', 'adapter'])(
    'names %s.safetensors when it is cut short',
    async (part) => {
      const name = `${part}.safetensors`;
      const cut = (bytes: Buffer): Buffer => bytes.subarray(0, Math.floor(bytes.length * 0.7));
      const listed = await refusal((copy) => rewrite(copy, name, cut, false));
      expect(listed.error).toMatchObject({ kind: 'truncated', file: join(listed.folder, name) });
      // Even where the list of checksums agrees with the cut file.
      const unlisted = await refusal((copy) => rewrite(copy, name, cut));
      expect(unlisted.error).toMatchObject({ kind: 'truncated', file: join(unlisted.folder, name) });
    },
  );

  it('names a file with a flipped bit when asked to verify', async () => {
    const flip = (bytes: Buffer): Buffer => {
      bytes[bytes.length - 1]! ^= 1;
      return bytes;
    };
    const { error, folder } = await refusal((copy) => rewrite(copy, 'planner.safetensors', flip, false), true);
    expect(error).toMatchObject({ kind: 'checksum', file: join(folder, 'planner.safetensors') });
  });

  it.each([
    ['lm', 'model.layers.1.mlp.down_proj.weight'],
    ['lm', 'model.embed_tokens.weight'],
    ['lm', 'model.layers.0.self_attn.k_norm.weight'],
    ['encoder', 'encoder.embed_tokens.weight'],
    ['planner', 'planner.heads.2.bias'],
    ['adapter', 'adapter.layers.2.codebook'],
  ])('names the tensor with NaN in %s.safetensors: %s', async (part, tensor) => {
    const name = `${part}.safetensors`;
    const { error, folder } = await refusal((copy) =>
      rewrite(copy, name, (bytes) => {
        const [, end] = place(bytes, tensor);
        bytes.writeUInt16LE(0x7e00, end - 2);
        return bytes;
      }),
    );
    expect(error).toMatchObject({ kind: 'numbers', file: join(folder, name), field: tensor });
  });

  it('names the tensor whose shape is at odds with the config', async () => {
    const { error, folder } = await refusal((copy) =>
      rewriteJson(copy, 'config.json', (config) => (config['lm']!['intermediate_size'] = 96)),
    );
    expect(error).toMatchObject({
      kind: 'shape',
      file: join(folder, 'lm.safetensors'),
      field: 'model.layers.0.mlp.gate_proj.weight',
    });
  });

  it('names the tensor that a deeper config asks for', async () => {
    const { error } = await refusal((copy) =>
      rewriteJson(copy, 'config.json', (config) => (config['planner']!['num_hidden_layers'] = 5)),
    );
    expect(error).toMatchObject({ kind: 'shape', field: 'planner.layers.2.self_attn.q_proj.weight' });
  });

  it('refuses an absurd config before it asks for the memory', async () => {
    const { error, folder } = await refusal((copy) =>
      rewriteJson(copy, 'config.json', (config) => (config['lm']!['max_position_embeddings'] = 1e15)),
    );
    expect(error).toMatchObject({
      kind: 'config',
      file: join(folder, 'config.json'),
      field: 'lm.max_position_embeddings',
    });
  });

  it('refuses files that are not what they are called', async () => {
    const text = Buffer.from('{"a": ["text"');
    const noise = Buffer.alloc(4000, 0xa5);
    for (const name of ['config.json', 'tokenizer.json', 'labels.json']) {
      const { error, folder } = await refusal((copy) => rewrite(copy, name, () => text));
      expect(error).toMatchObject({ kind: 'format', file: join(folder, name) });
    }
    const { error } = await refusal((copy) => rewrite(copy, 'lm.safetensors', () => noise));
    expect(error).toMatchObject({ kind: 'format' });
  });

  it('refuses a tokenizer that is none, or larger than the model', async () => {
    const none = await refusal((copy) => rewrite(copy, 'tokenizer.json', () => Buffer.from('{"model": {}}')));
    expect(none.error).toMatchObject({ kind: 'format', file: join(none.folder, 'tokenizer.json') });
    const larger = await refusal((copy) =>
      rewriteJson(copy, 'config.json', (config) => {
        config['lm']!['vocab_size'] = 100;
        config['encoder']!['vocab_size'] = 100;
      }),
    );
    expect(larger.error).toMatchObject({ kind: 'shape', file: join(larger.folder, 'tokenizer.json') });
    const endless = await refusal((copy) =>
      rewriteJson(copy, 'tokenizer.json', ({ model }) => ((model!['vocab'] as Record<string, number>)['zz'] = 1e8)),
    );
    expect(endless.error).toMatchObject({ kind: 'format', file: join(endless.folder, 'tokenizer.json') });
    expect(endless.error.message).toContain('"zz" the id 100000000');
  });

  it('names a folder that stands in place of a file', async () => {
    const { error, folder } = await refusal((copy) => {
      rmSync(join(copy, 'planner.safetensors'));
      mkdirSync(join(copy, 'planner.safetensors'));
    });
    expect(error).toMatchObject({ kind: 'unreadable', file: join(folder, 'planner.safetensors') });
  });

  it('says that a plain language model has no planner', async () => {
    expect(await modelError(openModel(TINY_LLAMA, CPU))).toMatchObject({ kind: 'unsupported' });
  });

  it('names the shard that a plain language model lacks', async () => {
    const folder = copyOf(TINY_LLAMA);
    rmSync(join(folder, 'model-00001-of-00002.safetensors'));
    expect(await modelError(openLanguageModel(folder, CPU))).toMatchObject({
      kind: 'missing',
      file: join(folder, 'model-00001-of-00002.safetensors'),
    });
  });
});

describe('an opened model', () => {
  it('tells what it is, and cannot be used once closed', async () => {
    const model = await openModel(TINY_MODEL, { ...CPU, weights: 'int8' });
    expect(model).toMatchObject({
      folder: TINY_MODEL,
      weights: 'int8',
      device: { kind: 'cpu', name: 'CPU, 1 thread' },
    });
    const cache = model.createCache();
    await model.close();
    await model.close();
    await expect(model.embed(['text'])).rejects.toThrow(ModelError);
    await expect(model.plan(new Float32Array(0), new Int32Array(0))).rejects.toMatchObject({ kind: 'closed' });
    await expect(model.extend(cache, [1], new Float32Array(64), 'last')).rejects.toMatchObject({ kind: 'closed' });
  });

  it('holds weights in 8 bits where they are stored so, unless told otherwise', async () => {
    const folder = copyOf(TINY_MODEL);
    for (const part of ['lm', 'encoder', 'adapter', 'planner']) storeInBytes(folder, `${part}.safetensors`);
    const held = async (path: string, weights?: 'auto' | 'float32' | 'int4'): Promise<string> => {
      const model = await openModel(path, { ...CPU, ...(weights && { weights }), verify: true });
      await model.close();
      return model.weights;
    };
    expect(await held(folder)).toBe('int8');
    expect(await held(folder, 'auto')).toBe('int8');
    expect(await held(folder, 'float32')).toBe('float32');
    expect(await held(folder, 'int4')).toBe('int4');
    expect(await held(TINY_MODEL)).toBe('float32');
    const language = await openLanguageModel(folder, CPU);
    expect(language.weights).toBe('int8');
    await language.dispose();
  });

  it.each(['float32', 'int8'] as const)('predicts the same from weights in 8 bits, held as %s', async (weights) => {
    const folder = copyOf(TINY_MODEL);
    for (const part of ['lm', 'encoder', 'adapter', 'planner']) storeInBytes(folder, `${part}.safetensors`);
    const logits = async (path: string): Promise<Float32Array> => {
      const model = await openModel(path, { ...CPU, weights: path === folder ? weights : 'float32' });
      const row = await model.extend(model.createCache(), [1, 7, 20, 3], new Float32Array(4 * 64), 'all');
      await model.close();
      return row;
    };
    const [exact, rounded] = [await logits(TINY_MODEL), await logits(folder)];
    const error = exact.reduce((sum, value, i) => sum + (value - rounded[i]!) ** 2, 0);
    expect(error).toBeGreaterThan(0);
    // Held in 8 bits, activations are rounded as well.
    expect(error).toBeLessThan((weights === 'int8' ? 5e-3 : 1e-3) * exact.reduce((sum, value) => sum + value ** 2, 0));
  });

  it('names the scale that is not finite', async () => {
    const tensor = 'model.layers.1.mlp.up_proj.weight.scales';
    const { error, folder } = await refusal((copy) => {
      storeInBytes(copy, 'lm.safetensors');
      rewrite(copy, 'lm.safetensors', (bytes) => {
        const [, end] = place(bytes, tensor);
        bytes.writeUInt16LE(0x7c00, end - 2);
        return bytes;
      });
    });
    expect(error).toMatchObject({ kind: 'numbers', file: join(folder, 'lm.safetensors'), field: tensor });
  });

  it('opens from shards as from one file', async () => {
    const folder = copyOf(TINY_MODEL);
    // One shard of one is the smallest cut there is.
    cpSync(join(folder, 'lm.safetensors'), join(folder, 'lm-00001-of-00001.safetensors'));
    rewriteJson(folder, 'checksums.json', (list) => delete list['files']!['lm.safetensors']);
    rmSync(join(folder, 'lm.safetensors'));
    const model = await openModel(folder, CPU);
    await expect(model.extend(model.createCache(), [1], new Float32Array(64), 'last')).resolves.toHaveLength(
      model.config.lm.vocabSize,
    );
    await model.close();
  });

  it('keeps out of the cache what is no number, and computes on as if it had not been asked', async () => {
    const model = await openModel(TINY_MODEL, CPU);
    const width = 64;
    const cache = model.createCache();
    await model.extend(cache, [5, 6], new Float32Array(2 * width), 'last');
    const expected = await model.extend(cache, [7], new Float32Array(width), 'last');
    cache.truncate(2);
    const absurd = new Float32Array(width).fill(1e38);
    await expect(model.extend(cache, [8], absurd, 'last')).rejects.toThrow(NoNumbersError);
    expect(cache.length).toBe(2);
    const branches = model.branch(cache, 4);
    const branch = branches.fork();
    const fed = { branch: branches.fork(), id: 8, plan: absurd };
    await expect(branches.extend([fed])).rejects.toThrow(NoNumbersError);
    const [logits] = await branches.extend([{ branch, id: 7, plan: new Float32Array(width) }]);
    for (const got of [logits!, await model.extend(cache, [7], new Float32Array(width), 'last')]) {
      expect(Math.max(...got.map((logit, i) => Math.abs(logit - expected[i]!)))).toBeLessThan(1e-4);
    }
    await model.close();
  });

  it('refuses kinds and embeddings that do not fit', async () => {
    const model = await openModel(TINY_MODEL, CPU);
    const size = model.config.encoder.embeddingSize;
    await expect(model.plan(new Float32Array(size), Int32Array.of(17))).rejects.toThrow('no kind 17');
    await expect(model.plan(new Float32Array(size), Int32Array.of(0, 0))).rejects.toThrow(RangeError);
    await expect(model.plan(new Float32Array(size), Int32Array.of(0), 2)).rejects.toThrow('no position 2');
    await expect(model.planVectors(new Float32Array(15))).rejects.toThrow(RangeError);
    expect(await model.planVectors(new Float32Array(0))).toHaveLength(0);
    await model.close();
  });
});
