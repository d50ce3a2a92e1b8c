import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DocumentMemory, MEMORY_GAP } from '../../../src/writing/documentMemory';

const VOCABULARY = 5;
const PRIOR = [128, 32, 16, 8, 4, 2];
const tokens = fc.array(fc.nat(VOCABULARY - 1), { maxLength: 60 });
const logits = fc
  .array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: VOCABULARY, maxLength: VOCABULARY })
  .map((values) => Float32Array.from(values));

function softmax(values: Float32Array): number[] {
  const most = Math.max(...values);
  const powers = Array.from(values, (value) => Math.exp(value - most));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

/** The definition, counted anew for every order: p_n(w) = (c_n(w) + α_n p_{n−1}(w)) / (N_n + α_n). */
function posterior(text: readonly number[], prior: Float32Array, context: readonly number[]): number[] {
  let probabilities = softmax(prior);
  for (const [i, alpha] of PRIOR.entries()) {
    const n = i + 1;
    if (context.length < n) break;
    const wanted = context.slice(-n).join();
    const counts = new Array<number>(VOCABULARY).fill(0);
    for (let at = n; at < text.length; at++) if (text.slice(at - n, at).join() === wanted) counts[text[at]!]!++;
    const total = counts.reduce((a, b) => a + b);
    probabilities = probabilities.map((p, w) => (counts[w]! + alpha * p) / (total + alpha));
  }
  return probabilities;
}

/** The logits with what the memory knows. */
const recall = (memory: DocumentMemory, prior: Float32Array, context: readonly number[]): Float32Array =>
  memory.recall(context)?.takenIn(prior) ?? prior;

describe('the document’s memory', () => {
  it('is the posterior of its definition', () => {
    fc.assert(
      fc.property(tokens, logits, tokens, (text, prior, context) => {
        const recalled = softmax(recall(new DocumentMemory(text), prior, context));
        for (const [w, p] of posterior(text, prior, context).entries()) expect(recalled[w]).toBeCloseTo(p, 5);
      }),
    );
  });

  it('leaves the logits of tokens that never followed as they were, and knows nothing of a context that never came', () => {
    const prior = Float32Array.of(0.5, -1, 2, 0, 1);
    const memory = new DocumentMemory([0, 1, 0, 1, 0]);
    const recalled = recall(memory, prior, [0]);
    expect([...recalled].map((value, w) => value === prior[w])).toEqual([true, false, true, true, true]);
    expect(memory.recall([3])).toBeUndefined();
    expect(memory.recall([])).toBeUndefined();
    expect(new DocumentMemory([]).recall([0])).toBeUndefined();
  });

  it('takes a long context that came twice over a probable token', () => {
    const phrase = [0, 1, 2, 3, 0, 2, 4];
    const memory = new DocumentMemory([...phrase, 1, ...phrase, 3]);
    const prior = Float32Array.of(3, 0, 0, 0, 0);
    const [, , , , four] = softmax(recall(memory, prior, phrase.slice(0, -1)));
    expect(four).toBeGreaterThan(0.4);
    expect(softmax(prior)[4]).toBeLessThan(0.05);
  });

  it('gives a token that the LM holds impossible a finite logit, and passes damaged logits on', () => {
    const memory = new DocumentMemory([0, 1, 0]);
    expect(recall(memory, Float32Array.of(0, -Infinity, 0), [0])[1]).toBeCloseTo(Math.log(2 / 129 / (128 / 129)), 4);
    const damaged = Float32Array.of(NaN, NaN, NaN);
    expect(recall(memory, damaged, [0])).toBe(damaged);
  });

  it('knows nothing of what stands on two sides of a gap', () => {
    const memory = new DocumentMemory([0, 1, MEMORY_GAP, 2, 3]);
    expect(memory.recall([1])).toBeUndefined();
    expect(memory.recall([MEMORY_GAP])).toBeUndefined();
    const prior = new Float32Array(4);
    // The context 1, 2 was never read; 2 alone was.
    expect(recall(memory, prior, [1, 2])).toEqual(recall(memory, prior, [2]));
  });
});
