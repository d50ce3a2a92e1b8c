import { describe, expect, it } from 'vitest';
import { UnitDocument } from '../../../src/text/units';
import { obedienceOf } from '../../../src/writing/obedience';
import { PINNING } from '../../../src/writing/pinning';
import { DocumentSession } from '../../../src/writing/session';
import { UnitCache } from '../../../src/writing/unitCache';
import { ToyModel } from '../support/toyModel';
import { TOY_TEXT } from '../support/toyText';

const before = TOY_TEXT.slice(0, TOY_TEXT.indexOf('Pour the water'));

/** Where the completion of a pinned sentence ends up, by the encoder. */
async function written(model: ToyModel, label: number, candidates: number, strength = 1) {
  const session = new DocumentSession(model, before);
  const pinning = { candidates, temperature: 1.2, strength };
  const { completions } = await session.complete(before.length, { pins: [label], pinning });
  const [completion] = completions;
  if (completion === undefined) return undefined;
  const units = new UnitDocument(before).units.map(({ start, end }) => before.slice(start, end));
  const embeddings = await new UnitCache(model).embed([...units, completion.text]);
  return { text: completion.text, ...obedienceOf(model, embeddings, label) };
}

describe('obedience', () => {
  it('is an excess of 0 and rank 0 for the label that is observed, and more for others', async () => {
    const model = new ToyModel();
    const embeddings = await new UnitCache(model).embed(['A sentence.', 'Another one.']);
    const packed = Float32Array.from(embeddings.flatMap((embedding) => [...embedding]));
    const observed = model.observe(packed)[1]!;
    expect(obedienceOf(model, embeddings, observed)).toEqual({ excess: 0, rank: 0 });
    const other = obedienceOf(model, embeddings, (observed + 3) % model.labels.count);
    expect(other).toEqual({ excess: 3, rank: 3 });
  });
});

describe('a pinned sentence', () => {
  it('obeys better the more often it is tried', async () => {
    const model = new ToyModel({ sharpness: 0.7 });
    const mean = async (candidates: number): Promise<number> => {
      let sum = 0;
      for (let label = 0; label < model.labels.count; label++) {
        sum += (await written(model, label, candidates))?.excess ?? model.labels.count;
      }
      return sum / model.labels.count;
    };
    expect(await mean(12)).toBeLessThan((await mean(1)) - 1);
  });

  it.each(['It is so. ', '- One thing here\n- ', 'It works\n## '])(
    'is written under its label behind "%s"',
    async (start) => {
      const model = new ToyModel();
      const label = 3;
      const oneHot = new Float32Array(model.labels.count);
      oneHot[label] = 1;
      const wanted = await model.planVectors(oneHot);
      const plans: Float32Array[] = [];
      const branch = model.branch.bind(model);
      model.branch = (cache) => {
        const branches = branch(cache);
        const extend = branches.extend.bind(branches);
        branches.extend = (tokens) => {
          plans.push(...tokens.map(({ plan }) => plan));
          return extend(tokens);
        };
        return branches;
      };
      const session = new DocumentSession(model, start);
      await session.complete(start.length, { pins: [label], pinning: { candidates: 2, temperature: 1, strength: 1 } });
      // The first one is the last of the text before: it may still belong to the unit that it ends.
      expect(plans.length).toBeGreaterThan(2);
      for (const plan of plans.slice(1)) expect(plan).toEqual(wanted);
    },
  );

  it('is the same for the same seed, with guidance too', async () => {
    const model = new ToyModel();
    expect(await written(model, 3, 4, 2)).toEqual(await written(model, 3, 4, 2));
    expect(await written(model, 3, 4, 2)).toBeDefined();
  });

  it('leaves the caches as they should be for what comes next', async () => {
    const model = new ToyModel({ planStrength: 0.3 });
    const session = new DocumentSession(model, before);
    const free = await session.complete(before.length);
    await session.complete(before.length, { pins: [2, 4], stop: 'paragraph' });
    const again = await session.complete(before.length);
    expect(again.completions).toEqual(free.completions);
    const fresh = await new DocumentSession(model, before).complete(before.length, { pins: [2, 4], stop: 'paragraph' });
    const kept = await session.complete(before.length, { pins: [2, 4], stop: 'paragraph' });
    expect(kept.completions).toEqual(fresh.completions);
  });

  it('stops within one token when it is cancelled', async () => {
    const model = new ToyModel();
    const session = new DocumentSession(model, before);
    const abort = new AbortController();
    let late = 0;
    let calls = 0;
    model.onExtend = () => {
      if (abort.signal.aborted) late++;
      if (++calls === 12) abort.abort();
    };
    const { reason } = await session.complete(before.length, { pins: [3], signal: abort.signal });
    expect(reason).toEqual({ kind: 'cancelled' });
    // The toy reads the tokens of one step of all branches one after another: of each candidate under the pin and, for guidance, without it.
    expect(late).toBeLessThanOrEqual(2 * PINNING.candidates);
  });
});
