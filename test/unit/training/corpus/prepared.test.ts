import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModel } from '../../../../src/model/openModel';
import type { PlannerLM } from '../../../../src/model/plannerLm';
import { splitUnits, UNIT_KINDS } from '../../../../src/text/units';
import { batchModel, heldOutBatches } from '../../../../src/training/corpus/batches';
import { withoutFrontMatter } from '../../../../src/training/corpus/frontMatter';
import { isScored } from '../../../../src/training/corpus/scoring';
import { prepare, type PreparedDocument, type PrepareOptions } from '../../../../src/training/corpus/prepared';
import { CancelledError } from '../../../../src/writing/cancellation';
import { evaluate } from '../../../../src/writing/evaluation';
import { TINY_FOLDER } from '../../support/toyModel';
import { prose, temporaryFolders } from './folders';

const folder = temporaryFolders();

let model: PlannerLM;
beforeAll(async () => {
  model = await openModel(TINY_FOLDER, { device: 'cpu' });
});
afterAll(() => model.close());

const one = async (text: string): Promise<PreparedDocument> => (await prepare(model, [{ text }]))[0]!;

/** The model, and how many texts it was asked to embed. */
function counting(before: () => void = () => undefined): { model: PlannerLM; embedded: () => number } {
  let count = 0;
  const embed = async (texts: readonly string[]): Promise<Float32Array> => {
    before();
    count += texts.length;
    return model.embed(texts);
  };
  return { model: Object.create(model, { embed: { value: embed } }) as PlannerLM, embedded: () => count };
}

const piece = fc.oneof(
  fc.constantFrom(
    '# Tea\n',
    '\n',
    '\r\n',
    'One. Two!\n',
    '- a\n- b\n',
    '😀 né. ',
    '\uD83D',
    '\uDE00 x\n',
    '| a | b |\n|---|---|\n| 1 | 2 |\n',
    '<b>\n',
    '$$\nx\n$$\n',
    '> q. r.\n',
    '\u200D日本語。',
  ),
  fc.constantFrom(`\`\`\`js\n${'call();\n'.repeat(13)}\`\`\`\n`, '```\nshort\n```\n', '    code\n', '---\n'),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const text = fc
  .tuple(
    fc.constantFrom('', '---\ntitle: Tea\n---\n\n', '\uFEFF', '---\r\na: b\r\n---\r\n'),
    fc.array(piece, { maxLength: 12 }),
  )
  .map(([head, pieces]) => head + pieces.join(''));

describe('a prepared document', () => {
  it('agrees with a slow reference, whatever the text', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (raw) => {
        const document = await one(raw);
        const read = withoutFrontMatter(raw.replace(/\p{Surrogate}/gu, '\uFFFD').replace(/\r\n?/g, '\n'));
        const { ids, offsets } = model.tokenizer.encode(read);
        const units = splitUnits(read);
        const last = Math.max(0, units.length - 1);
        expect(Array.from(document.tokens)).toEqual(ids);
        expect(Array.from(document.kinds, (kind) => UNIT_KINDS[kind])).toEqual(units.map(({ kind }) => kind));
        // The units that are known to have ended from the text so far alone.
        const closed = (offset: number): number =>
          splitUnits(read.slice(0, offset)).filter(({ closedAt }) => closedAt <= offset).length;
        expect(Array.from(document.unitOf)).toEqual(offsets.map((offset) => Math.min(last, closed(offset))));
        expect(Array.from(document.lineStarts)).toEqual(
          ids
            .map((_, t) => t)
            .filter((t) => t === 0 || (read[offsets[t]! - 1] === '\n' && offsets[t - 1] !== offsets[t])),
        );
        expect(document.embeddings).toHaveLength(units.length * model.config.encoder.embeddingSize);
        expect(document.labels).toEqual(model.observe(document.embeddings));
        const unscored = units.filter((unit) => !isScored(read, unit));
        for (const [t, offset] of offsets.slice(0, -1).entries()) {
          const within = unscored.find(({ start, end }) => offset >= start && offset < end);
          const blank = within !== undefined && read.slice(within.start, offset + 1).trim() === '';
          expect(document.scored[t], `token ${t}`).toBe(within === undefined || blank ? 1 : 0);
        }
        if (unscored.length === 0) expect(document.characters).toBe(Array.from(read).length);
        else expect(document.characters).toBeLessThanOrEqual(Array.from(read).length);
      }),
      { numRuns: 150 },
    );
  });

  it('has embeddings and labels as while writing', async () => {
    const raw = prose(3, 12);
    const document = await one(raw);
    const units = splitUnits(raw).map(({ start, end }) => raw.slice(start, end).trim());
    const alone = await model.embed(units);
    expect(document.embeddings.every((value, i) => Math.abs(value - alone[i]!) < 1e-5)).toBe(true);
    expect(document.labels).toEqual(model.observe(alone));
  });

  it('does not see front matter, and reads long code without learning to write it', async () => {
    const code = `\`\`\`js\n${'call();\n'.repeat(13)}\`\`\`\n`;
    const document = await one(`---\ntitle: Tea\n---\n\nBefore.\n\n${code}\nAfter.\n`);
    expect(model.tokenizer.decode(Array.from(document.tokens))).toBe(`Before.\n\n${code}\nAfter.\n`);
    const learnt = Array.from(document.tokens).filter((_, t) => document.scored[t] === 1);
    expect(model.tokenizer.decode(learnt)).toBe('Before.\n\n\nAfter.\n');
    expect(document.characters).toBe('Before.\n\n\nAfter.\n'.length);
  });

  it('may be empty', async () => {
    for (const raw of ['', '\n---\n'.slice(0, 0), '---\ntitle: a\n---\n']) {
      const document = await one(raw);
      expect(document.tokens).toHaveLength(0);
      expect(Array.from(document.unitOf)).toEqual([0]);
      expect(document.labels).toHaveLength(0);
      expect(document.characters).toBe(0);
    }
    expect(await prepare(model, [])).toEqual([]);
  });
});

describe('held-out batches of prepared documents', () => {
  it('measure what the evaluation measures: tokens, units and labels stand where they stand there', async () => {
    const raw = `${prose(1, 9)}\n- one item. two items.\n- 😀\n\n> A quote. Another.\n\n${prose(2, 7)}`;
    const [oracle, soft] = await evaluate(model, [raw], { rows: ['oracle', 'soft'] });
    const capacity = model.createCache().capacity;
    const facts = batchModel(model);
    const shape = { batch: 3, length: capacity, units: 64, view: 40 };
    const { labels } = model;
    let oracleNats = 0;
    let softNats = 0;
    let tokens = 0;
    for (const batch of heldOutBatches([await one(raw)], shape, facts)) {
      for (let row = 0; row < shape.batch; row++) {
        const at = <T extends Int32Array | Float32Array | Uint8Array>(list: T, width: number): T =>
          list.subarray(row * width, (row + 1) * width) as T;
        const weights = at(batch.targetWeights, shape.length);
        if (!weights.includes(1)) continue;
        const used = weights.lastIndexOf(1) + 1;
        // The view reaches back to the document's start here, so the planner can be asked as for a whole document.
        expect(at(batch.isStart, shape.units)[0]).toBe(1);
        const size = facts.embeddingSize;
        const plan = await model.plan(
          at(batch.embeddings, shape.units * size).slice(size),
          at(batch.kinds, shape.units).slice(1),
        );
        for (const kind of ['oracle', 'soft'] as const) {
          const mixtures = new Float32Array(used * labels.count);
          for (let t = 0; t < used; t++) {
            const p = at(batch.unitOf, shape.length)[t]!;
            if (kind === 'oracle')
              mixtures[t * labels.count + at(batch.labels, shape.units * facts.steps)[p * facts.steps]!] = 1;
            else
              mixtures.set(
                plan.subarray(p * facts.steps * labels.count, (p * facts.steps + 1) * labels.count),
                t * labels.count,
              );
          }
          const logits = await model.extend(
            model.createCache(),
            Array.from(at(batch.tokens, shape.length).subarray(0, used)),
            await model.planVectors(mixtures),
            'all',
          );
          for (let t = 0; t < used; t++) {
            if (weights[t] === 0) continue;
            const row = logits.subarray((t * logits.length) / used, ((t + 1) * logits.length) / used);
            const nats =
              Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0)) -
              row[at(batch.targets, shape.length)[t]!]!;
            if (kind === 'oracle') oracleNats += nats;
            else softNats += nats;
          }
        }
        tokens += weights.reduce((sum, weight) => sum + weight, 0);
      }
    }
    expect(tokens).toBe(oracle!.tokens);
    expect(Math.exp(oracleNats / tokens)).toBeCloseTo(oracle!.perplexity, 2);
    expect(Math.exp(softNats / tokens)).toBeCloseTo(soft!.perplexity, 2);
    expect(Math.abs(oracle!.perplexity - soft!.perplexity)).toBeGreaterThan(0.02);
  });
});

describe('the cache', () => {
  const documents = Array.from({ length: 6 }, (_, i) => ({ text: prose(i, 20) }));
  const units = new Set(
    documents.flatMap(({ text }) => splitUnits(text).map(({ start, end }) => text.slice(start, end).trim())),
  ).size;

  it('saves all work of a second run, and what was not changed of a third', async () => {
    const options: PrepareOptions = { cacheFile: join(folder(), 'units.cache') };
    const first = counting();
    const prepared = await prepare(first.model, documents, options);
    expect(first.embedded()).toBe(units);
    const second = counting();
    expect(await prepare(second.model, documents, options)).toEqual(prepared);
    expect(second.embedded()).toBe(0);
    const third = counting();
    await prepare(third.model, [{ text: `${documents[0]!.text} A new sentence.` }, ...documents.slice(1)], options);
    expect(third.embedded()).toBe(1);
    expect(readFileSync(options.cacheFile!).includes('kettle')).toBe(false);
  });

  it('is thrown away where it is damaged', async () => {
    const options: PrepareOptions = { cacheFile: join(folder(), 'units.cache') };
    const prepared = await prepare(model, documents, options);
    const whole = readFileSync(options.cacheFile!);
    for (const [at, how] of [
      [whole.length - 1, 'cut'],
      [whole.length >> 1, 'cut'],
      [50, 'cut'],
      [whole.length >> 1, 'bit'],
    ] as const) {
      const damaged = Buffer.from(how === 'cut' ? whole.subarray(0, at) : whole);
      if (how === 'bit') damaged[at]! ^= 1;
      writeFileSync(options.cacheFile!, damaged);
      const again = counting();
      expect(await prepare(again.model, documents, options)).toEqual(prepared);
      expect(again.embedded()).toBe(units);
      expect(readFileSync(options.cacheFile!).length).toBe(whole.length);
    }
  });

  it('keeps what was done when the work is cancelled', async () => {
    const options = { cacheFile: join(folder(), 'units.cache') };
    const many = Array.from({ length: 20 }, (_, i) => ({ text: prose(i, 30) }));
    const controller = new AbortController();
    let calls = 0;
    const cancelled = counting(() => {
      if (++calls === 2) controller.abort();
    });
    await expect(prepare(cancelled.model, many, { ...options, signal: controller.signal })).rejects.toThrow(
      CancelledError,
    );
    const again = counting();
    await prepare(again.model, many, options);
    const whole = counting();
    await prepare(whole.model, many, {});
    expect(cancelled.embedded()).toBeGreaterThan(0);
    expect(again.embedded() + cancelled.embedded()).toBe(whole.embedded());
    await expect(prepare(model, many, { signal: AbortSignal.abort() })).rejects.toThrow(CancelledError);
  });

  it('is no reason to fail: where it cannot be written, the work is done all the same', async () => {
    const options: PrepareOptions = { cacheFile: folder() };
    const work = counting();
    expect(await prepare(work.model, documents, options)).toHaveLength(6);
    expect(work.embedded()).toBe(units);
  });

  it('tells how far it is', async () => {
    const told: [number, number][] = [];
    await prepare(model, documents, { onProgress: (done, total) => told.push([done, total]) });
    expect(told[0]![0]).toBe(0);
    expect(told.at(-1)![0]).toBe(told.at(-1)![1]);
    for (const [i, [done, total]] of told.entries()) {
      expect(total).toBe(told[0]![1]);
      expect(done).toBeGreaterThanOrEqual(told[i - 1]?.[0] ?? 0);
    }
  });
});
