import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { adaptedLayers, isPlannerLmConfig, parseLmConfig, parseModelConfig } from '../../../src/model/config';
import { ModelError } from '../../../src/model/errors';
import { TINY_LLAMA, TINY_MODEL } from './folders';

type Json = Record<string, Record<string, unknown>>;
const read = (folder: string): Json => JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as Json;

function errorOf(action: () => unknown): ModelError {
  try {
    action();
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
  throw new Error('It was accepted.');
}

function deepList(depth: number): unknown {
  let list: unknown = [];
  for (let i = 0; i < depth; i++) list = [list];
  return list;
}

describe("a Planwright model's config", () => {
  it('is read with its defaults', () => {
    const config = parseModelConfig(read(TINY_MODEL), 'config.json');
    expect(config.lm).toMatchObject({ heads: 4, kvHeads: 2, headDim: 8, qkNorm: true, tiedEmbeddings: true });
    expect(config.encoder).toMatchObject({ kvHeads: 2, qkNorm: false });
    expect(adaptedLayers(config)).toEqual([1, 2]);
  });

  it.each<[string, (config: Json) => unknown, string]>([
    ['a missing part', (c) => delete c['planner'], 'planner'],
    ['a missing number', (c) => delete c['lm']!['vocab_size'], 'lm.vocab_size'],
    ['a text for a number', (c) => (c['lm']!['hidden_size'] = '32'), 'lm.hidden_size'],
    ['a fraction of a layer', (c) => (c['encoder']!['num_hidden_layers'] = 1.5), 'encoder.num_hidden_layers'],
    ['a negative size', (c) => (c['planner']!['hidden_size'] = -1), 'planner.hidden_size'],
    ['an absurd size', (c) => (c['lm']!['hidden_size'] = 1e12), 'lm.hidden_size'],
    ['more key heads than divide', (c) => (c['lm']!['num_key_value_heads'] = 3), 'lm.num_key_value_heads'],
    ['an odd head', (c) => (c['lm']!['head_dim'] = 7), 'lm.head_dim'],
    ['two vocabularies', (c) => (c['encoder']!['vocab_size'] = 9), 'encoder.vocab_size'],
    ['an adapter above the last layer', (c) => (c['adapter']!['first_layer'] = 3), 'adapter.first_layer'],
    ['a fixed label that is none', (c) => (c['adapter']!['fixed_label'] = 16), 'adapter.fixed_label'],
    ['an unknown centering', (c) => (c['labels']!['centering'] = 'corpus'), 'labels.centering'],
    ['fewer kinds than units have', (c) => (c['planner']!['kinds'] = 16), 'planner.kinds'],
    ['too few positions', (c) => (c['lm']!['max_position_embeddings'] = 15), 'lm.max_position_embeddings'],
    [
      'tables of gigabytes',
      (c) => {
        c['labels']!['count'] = 1 << 16;
        Object.assign(c['lm']!, { num_hidden_layers: 256, hidden_size: 1 << 14 });
      },
      'labels.count',
    ],
    // Deeper than can be written out.
    ['a deep list for a number', (c) => (c['lm']!['rope_theta'] = deepList(100_000)), 'lm.rope_theta'],
    ['a temperature of zero', (c) => (c['planner']!['temperature'] = 0), 'planner.temperature'],
  ])('is refused for %s, and the field is named', (_, spoil, field) => {
    const config = read(TINY_MODEL);
    spoil(config);
    const error = errorOf(() => parseModelConfig(config, 'folder/config.json'));
    expect(error).toMatchObject({ kind: 'config', file: 'folder/config.json', field });
    expect(error.message).toContain(field);
  });

  it.each([[null], [[]], ['text'], [7]])('is refused when it is %j', (value) => {
    expect(errorOf(() => parseModelConfig(value, 'config.json')).kind).toBe('config');
  });
});

describe('a plain Hugging Face config', () => {
  it('is told apart and read', () => {
    const value = read(TINY_LLAMA);
    expect(isPlannerLmConfig(value)).toBe(false);
    expect(parseLmConfig(value, 'config.json')).toMatchObject({
      kvHeads: 1,
      headDim: 8,
      ropeTheta: 50000,
      qkNorm: false,
      tiedEmbeddings: false,
    });
  });

  it('turns on QK-norm for Qwen3 and reads the newer place of rope_theta', () => {
    const value = {
      ...read(TINY_LLAMA),
      model_type: 'qwen3',
      rope_theta: undefined,
      rope_parameters: { rope_theta: 1e6, rope_type: 'default' },
    };
    expect(parseLmConfig(value, 'config.json')).toMatchObject({ qkNorm: true, ropeTheta: 1e6 });
  });

  it.each([
    ['model_type', { model_type: 'gpt2' }],
    ['attention_bias', { attention_bias: true }],
    ['hidden_act', { hidden_act: 'gelu' }],
    ['rope_scaling', { rope_scaling: { rope_type: 'llama3', factor: 8 } }],
    ['sliding_window', { sliding_window: 4096 }],
  ])('is refused for what would be computed wrongly: %s', (field, change) => {
    const error = errorOf(() => parseLmConfig({ ...read(TINY_LLAMA), ...change }, 'config.json'));
    expect(error).toMatchObject({ kind: 'unsupported', field });
  });
});
