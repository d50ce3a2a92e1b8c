/*
 * Speed of the language model by itself: opening, prefill, and decoding with a warm cache, for each weight format, on random
 * weights of the starter model's size (or: LAYERS HIDDEN HEADS KV_HEADS as environment variables).
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseLmConfig, type LmConfig } from '../../src/model/config';
import { lmLayout } from '../../src/model/layout';
import { LanguageModel } from '../../src/model/lm';
import { OnnxRuntime } from '../../src/graph/index';
import { WeightFiles } from '../../src/model/weightFiles';
import type { WeightFormat } from '../../src/model/plannerLm';
import { median } from './figures';

const number = (name: string, absent: number): number => Number(process.env[name] ?? absent);
const hidden = number('HIDDEN', 320);
const heads = number('HEADS', 5);
const config = parseLmConfig(
  {
    vocab_size: 16384,
    hidden_size: hidden,
    intermediate_size: Math.round((hidden * 2.8) / 32) * 32,
    num_hidden_layers: number('LAYERS', 8),
    num_attention_heads: heads,
    num_key_value_heads: number('KV_HEADS', heads),
    head_dim: 64,
    max_position_embeddings: 768,
    tie_word_embeddings: true,
    qk_norm: true,
  },
  'bench',
);
const threads = number('THREADS', 2);
const PREFILL = 512;
const DECODED = 100;

/** A weight file of random float16 numbers between about −0.06 and 0.06. */
function writeRandom(path: string, c: LmConfig): number {
  const header: Record<string, unknown> = {};
  let at = 0;
  for (const [name, shape] of lmLayout(c)) {
    const bytes = shape.reduce((product, size) => product * size, 2);
    header[name] = { dtype: 'F16', shape, data_offsets: [at, at + bytes] };
    at += bytes;
  }
  const json = Buffer.from(JSON.stringify(header));
  const data = Buffer.alloc(8 + json.length + at);
  data.writeBigUInt64LE(BigInt(json.length), 0);
  json.copy(data, 8);
  let state = 1;
  for (let i = 8 + json.length; i < data.length; i += 2) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data.writeUInt16LE(((state >>> 16) & 0x8000) | (0x2000 + ((state >>> 8) & 0x0bff)), i);
  }
  writeFileSync(path, data);
  return at / 2;
}

const folder = mkdtempSync(join(tmpdir(), 'planwright-bench-'));
try {
  const parameters = writeRandom(join(folder, 'lm.safetensors'), config);
  const adapted = Array.from({ length: config.layers - 2 }, (_, i) => i + 2);
  console.log(`${(parameters / 1e6).toFixed(1)} M parameters, ${threads} threads, medians`);
  for (const weights of ['float32', 'int8', 'int4'] satisfies WeightFormat[]) {
    const files = await WeightFiles.open(folder, 'lm', lmLayout(config));
    const began = performance.now();
    const lm = await LanguageModel.open(config, adapted, files, OnnxRuntime.open('cpu'), { weights, threads });
    const opened = performance.now() - began;
    await files.close();
    const tokens = Array.from({ length: PREFILL }, (_, i) => (i * 7919) % config.vocabSize);
    const plan = new Float32Array(PREFILL * lm.planWidth).fill(0.01);
    const cache = lm.createCache();
    const prefills: number[] = [];
    for (let i = 0; i < 5; i++) {
      cache.truncate(0);
      const start = performance.now();
      await lm.extend(cache, tokens, plan, 'last');
      prefills.push(performance.now() - start);
    }
    const decode = async (context: number): Promise<number> => {
      cache.truncate(context);
      const steps: number[] = [];
      for (let i = 0; i < DECODED; i++) {
        const start = performance.now();
        await lm.extend(cache, [tokens[i]!], plan.subarray(0, lm.planWidth), 'last');
        steps.push(performance.now() - start);
      }
      return median(steps);
    };
    const [late, early] = [await decode(PREFILL), await decode(64)];
    console.log(
      `${weights.padEnd(8)} open ${opened.toFixed(0)} ms, prefill of ${PREFILL} ${median(prefills).toFixed(0)} ms, ` +
        `token ${late.toFixed(2)} ms at ${PREFILL}, ${early.toFixed(2)} ms at 64, ` +
        `memory ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`,
    );
    await lm.dispose();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
