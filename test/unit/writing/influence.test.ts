import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../../src/writing/cancellation';
import { DocumentSession } from '../../../src/writing/session';
import { ToyModel } from '../support/toyModel';
import { TOY_TEXT } from '../support/toyText';

const model = new ToyModel();

describe('influence', () => {
  it('is the probability of the same label in the document without the unit', async () => {
    const session = new DocumentSession(model, TOY_TEXT);
    const units = await session.plan();
    const asked = units.length;
    const [influence] = await session.influences([asked]);
    const [next] = await session.next(undefined, { top: 1 });
    expect(influence).toMatchObject({ unit: asked, label: next![0]!.id, probability: next![0]!.probability });
    expect(influence!.sources.map(({ unit }) => unit)).toEqual(Array.from({ length: 8 }, (_, i) => asked - 8 + i));
    for (const { unit, without } of influence!.sources) {
      // The toy plans from embeddings and kinds alone, and white space around a unit is not embedded.
      const embeddings = await model.embed(
        units.filter((_, i) => i !== unit).map(({ start, end }) => TOY_TEXT.slice(start, end).trim()),
      );
      const { UNIT_KINDS } = await import('../../../src/text/units');
      const kinds = Int32Array.from(units, ({ kind }) => UNIT_KINDS.indexOf(kind)).filter((_, i) => i !== unit);
      const plan = await model.plan(embeddings, kinds, asked - 1);
      expect(without).toBeCloseTo(plan[influence!.label]!, 6);
    }
  });

  it('reaches back as far as it is told, and not before the document', async () => {
    const session = new DocumentSession(model, TOY_TEXT);
    const [first, third, later] = await session.influences([0, 2, 6], { reach: 3 });
    expect(first!.sources).toEqual([]);
    expect(third!.sources.map(({ unit }) => unit)).toEqual([0, 1]);
    expect(later!.sources.map(({ unit }) => unit)).toEqual([3, 4, 5]);
  });

  it('is refused for a unit that is not there, and stops when it is cancelled', async () => {
    const session = new DocumentSession(model, TOY_TEXT);
    await expect(session.influences([session.unitCount + 1])).rejects.toThrow(RangeError);
    const abort = new AbortController();
    const asked = session.influences([5, 6, 7], { signal: abort.signal });
    setImmediate(() => abort.abort());
    await expect(asked).rejects.toThrow(CancelledError);
  });
});
