import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModel } from '../../../src/model/openModel';
import type { PlannerLM } from '../../../src/model/plannerLm';
import { Conditioner } from '../../../src/writing/conditioner';
import { LmContext, type PlannedToken } from '../../../src/writing/lmContext';
import { seededRandom } from '../../../src/writing/sampling';
import { DocumentSession } from '../../../src/writing/session';
import { TINY_FOLDER } from '../support/toyModel';
import { TOY_TEXT } from '../support/toyText';

let model: PlannerLM;
beforeAll(async () => {
  model = await openModel(TINY_FOLDER, { device: 'cpu' });
});
afterAll(() => model.close());

describe('with the run-time’s own model', () => {
  it('a context that is changed piece by piece computes the logits of one that is read at once', async () => {
    const conditioner = new Conditioner(model, 'soft');
    const vectors = await Promise.all([1, 2, 3].map((label) => conditioner.ofLabel(label)));
    const random = seededRandom(5);
    const draw = (): PlannedToken => ({
      id: Math.floor(random() * model.tokenizer.vocabSize),
      plan: vectors[Math.floor(random() * 3)]!,
    });
    const kept = new LmContext(model);
    let tokens: PlannedToken[] = [draw()];
    for (let step = 0; step < 40; step++) {
      const cut = Math.floor(random() * (tokens.length + 1));
      tokens = [...tokens.slice(0, Math.max(1, cut)), ...Array.from({ length: Math.floor(random() * 9) }, draw)].slice(
        0,
        63,
      );
      const logits = await kept.read(tokens);
      const fresh = await new LmContext(model).read(tokens);
      expect(Math.max(...logits.map((logit, i) => Math.abs(logit - fresh[i]!)))).toBeLessThan(1e-4);
    }
  });

  it('a session after random edits plans and completes as a fresh one', async () => {
    const random = seededRandom(11);
    const session = new DocumentSession(model, TOY_TEXT);
    const pieces = ['tea', '. ', '\n\n', '- ', '`', 'é', '\r\n', 'The pot is'];
    for (let step = 0; step < 25; step++) {
      const start = Math.floor(random() * session.text.length);
      session.edit(
        start,
        Math.min(session.text.length, start + Math.floor(random() * 20)),
        pieces[step % pieces.length]!,
      );
      const offset = Math.floor(random() * (session.text.length + 1));
      const options = { seed: step, temperature: step % 2, maxTokens: 10 };
      const fresh = new DocumentSession(model, session.text);
      const [kept, anew] = [await session.complete(offset, options), await fresh.complete(offset, options)];
      expect(kept.reason).toEqual(anew.reason);
      expect(kept.completions.map(({ text }) => text)).toEqual(anew.completions.map(({ text }) => text));
      for (const [i, { confidence }] of kept.completions.entries()) {
        expect(confidence).toBeCloseTo(anew.completions[i]!.confidence, 4);
      }
      const [plan, freshPlan] = [await session.plan({ top: 16 }), await fresh.plan({ top: 16 })];
      expect(plan.map(({ start, end, kind, label }) => ({ start, end, kind, label }))).toEqual(
        freshPlan.map(({ start, end, kind, label }) => ({ start, end, kind, label })),
      );
      for (const [u, { surprisal }] of plan.entries()) expect(surprisal).toBeCloseTo(freshPlan[u]!.surprisal, 3);
    }
  });

  it('probabilities of a plan sum to one over all labels', async () => {
    const session = new DocumentSession(model, TOY_TEXT);
    const lists = [
      ...(await session.plan({ top: 16 })).map(({ predicted }) => predicted),
      ...(await session.next(undefined, { top: 16 })),
    ];
    for (const list of lists) {
      expect(list.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
    }
  });

  it('writes other text under another pinned label, and stops in time when cancelled', async () => {
    const session = new DocumentSession(model, TOY_TEXT);
    const offset = TOY_TEXT.indexOf(' the leaves slowly');
    const options = { stop: 'paragraph', maxTokens: 16, temperature: 1, seed: 4 } as const;
    const results = [];
    for (let pin = 0; pin < model.labels.count; pin++)
      results.push(await session.complete(offset, { ...options, pins: [pin] }));
    const told = results.map(({ completions, reason }) => completions[0]?.text ?? reason!.kind);
    // The tiny model writes nonsense, most of which is not shown.
    expect(new Set(told).size).toBeGreaterThan(1);
    const abort = new AbortController();
    const asked = session.complete(offset, { ...options, signal: abort.signal });
    setImmediate(() => abort.abort());
    expect((await asked).reason).toEqual({ kind: 'cancelled' });
  });
});
