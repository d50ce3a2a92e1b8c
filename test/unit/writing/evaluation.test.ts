import { describe, expect, it } from 'vitest';
import { UnitDocument, closedUnitCount } from '../../../src/text/units';
import { evaluate, evaluationWindows } from '../../../src/writing/evaluation';
import { ToyModel } from '../support/toyModel';
import { TOY_TEXT } from '../support/toyText';

describe('evaluation windows', () => {
  it('predict every token once, with a quarter of a window before it', () => {
    for (const [tokens, length] of [
      [0, 8],
      [5, 8],
      [8, 8],
      [9, 8],
      [100, 8],
      [1000, 512],
    ] as const) {
      const windows = evaluationWindows(tokens, length);
      expect(windows.flatMap(({ done, end }) => Array.from({ length: end - done }, (_, i) => done + i))).toEqual(
        Array.from({ length: tokens }, (_, i) => i),
      );
      for (const { at, done, end } of windows) {
        expect(end - at).toBeLessThanOrEqual(length);
        expect(done - at).toBe(at === 0 ? 0 : length / 4);
      }
    }
  });
});

describe('evaluation', () => {
  it('agrees with the definition, computed token by token', async () => {
    const model = new ToyModel({ planStrength: 2 });
    const text = TOY_TEXT.slice(0, 200);
    const [row] = await evaluate(model, [text], { rows: ['oracle'] });

    const { units } = new UnitDocument(text);
    const { ids, offsets } = model.tokenizer.encode(text);
    const labels = model.observe(await model.embed(units.map(({ start, end }) => text.slice(start, end).trim())));
    let nats = 0;
    for (const { at, done, end } of evaluationWindows(ids.length, model.config.lm.maxPositions)) {
      const cache = model.createCache();
      for (let p = at; p < end; p++) {
        const mixture = new Float32Array(model.labels.count);
        mixture[labels[Math.min(closedUnitCount(units, offsets[p]!), units.length - 1)]!] = 1;
        const logits = await model.extend(cache, [p === at ? model.tokenizer.endOfText : ids[p - 1]!], mixture, 'last');
        if (p < done) continue;
        const mass = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
        nats -= logits[ids[p]!]! - Math.log(mass);
      }
    }
    expect(row!.tokens).toBe(ids.length);
    expect(row!.perplexity).toBeCloseTo(Math.exp(nats / ids.length), 4);
    expect(row!.bitsPerCharacter).toBeCloseTo(nats / Math.LN2 / text.length, 5);
  });

  it('gives a line per row, and sums documents before it takes means', async () => {
    const model = new ToyModel({ planStrength: 2 });
    const rows = ['none', 'fixed', 'uniform', 'oracle', 'hard', 'soft'] as const;
    const table = await evaluate(model, [TOY_TEXT, '', 'Straße 7. Ünder 😀.'], { rows });
    expect(table.map(({ row }) => row)).toEqual(rows);
    const perplexities = new Set(table.map(({ perplexity }) => perplexity.toFixed(6)));
    expect(perplexities.size).toBe(6);
    for (const line of table) {
      const characters = Array.from(`${TOY_TEXT}Straße 7. Ünder 😀.`).length;
      expect(line.bitsPerCharacter).toBeCloseTo((Math.log2(line.perplexity) * line.tokens) / characters, 6);
      expect(line.plannerTop5).toBeGreaterThanOrEqual(line.plannerTop1!);
      expect([line.keystrokeSavings, line.precision]).toEqual([null, null]);
    }
  });

  it('stops after the tokens asked for, and counts their characters only', async () => {
    const model = new ToyModel();
    const [row] = await evaluate(model, [TOY_TEXT, TOY_TEXT], { rows: ['soft'], maxTokens: 50 });
    expect(row!.tokens).toBe(50);
    const characters = model.tokenizer.encode(TOY_TEXT).offsets[50]!;
    expect(row!.bitsPerCharacter).toBeCloseTo((Math.log2(row!.perplexity) * 50) / characters, 6);
  });

  it('measures saved keys when asked, but not for the oracle', async () => {
    const table = await evaluate(new ToyModel(), [TOY_TEXT], { rows: ['oracle', 'soft'], keystrokes: { spans: 2 } });
    expect(table[0]).toMatchObject({ keystrokeSavings: null, precision: null });
    expect(table[1]!.keystrokeSavings).toBeGreaterThan(0.3);
    expect(table[1]!.precision).toBeGreaterThan(0.3);
  });

  it('can be cancelled, and refuses to evaluate nothing', async () => {
    await expect(evaluate(new ToyModel(), [TOY_TEXT], { rows: ['soft'], signal: AbortSignal.abort() })).rejects.toThrow(
      /cancelled/,
    );
    await expect(evaluate(new ToyModel(), [''], { rows: ['soft'] })).rejects.toThrow(/empty/);
  });
});
